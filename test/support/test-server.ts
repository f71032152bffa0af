// A server in this process, with its own data directory, used over a real socket.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Configuration } from '../../src/node/configuration.js';
import { type Role, ROLES } from '../../src/auth/authorization.js';
import { type RunningServer, startServer } from '../../src/server/start-server.js';
import { addLedgerSettings } from './embedded-or-cluster.js';

export type TestResponse = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, parsed as JSON. */
  readonly json: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- a test looks at what is there
};
export type RequestHeaders = { readonly [name: string]: string };
type PostOptions = { readonly apiKey?: string; readonly headers?: RequestHeaders };

/** A client with the key of a role. */
export class TestServer {
  constructor(
    readonly server: RunningServer,
    readonly directory: string,
    readonly secrets: ReadonlyMap<Role, string>,
  ) {}

  get url(): string {
    return this.server.url;
  }

  get headEntry(): number {
    return this.server.node.ledger.getHead().entry;
  }

  /** The secret of a key with this role. */
  getKey(role: Role = 'admin'): string {
    const secret = this.secrets.get(role);
    if (secret === undefined) throw new Error(`there is no key for ${role}`);
    return secret;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<TestResponse> {
    // As it is, whatever the length: tests compare bytes and ETags.
    const headers = { 'accept-encoding': 'identity', ...(init.headers as RequestHeaders | undefined) };
    const response = await fetch(new URL(path, this.url), { ...init, headers });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      get json() {
        return JSON.parse(text) as unknown;
      },
    };
  }

  get(path: string, headers: RequestHeaders = {}): Promise<TestResponse> {
    return this.fetch(path, { headers });
  }

  /** Sends bytes unchanged, by default as JSON and with the admin key. */
  send(
    path: string,
    body: string | Uint8Array,
    { apiKey: as = this.getKey(), headers = {} }: PostOptions = {},
  ): Promise<TestResponse> {
    return this.fetch(path, {
      method: 'POST',
      body: body as NonNullable<RequestInit['body']>,
      headers: {
        'content-type': 'application/json',
        ...(as && { authorization: `Bearer ${as}` }),
        ...headers,
      },
    });
  }

  sendCommand(name: string, data: unknown, posting?: PostOptions): Promise<TestResponse> {
    return this.send(`/commands/${name}`, JSON.stringify(data), posting);
  }

  sendGroup(
    envelopes: readonly (readonly [command: string, data: unknown])[],
    posting?: PostOptions,
  ): Promise<TestResponse> {
    return this.send(
      '/commands',
      JSON.stringify(envelopes.map(([command, data]) => ({ command, data }))),
      posting,
    );
  }

  /** Many commands as NDJSON; a string is sent as a line unchanged. */
  async sendLines(
    lines: readonly unknown[],
    query = '',
    posting: PostOptions = {},
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test looks at what is there
  ): Promise<TestResponse & { readonly results: any[] }> {
    const body = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    const { status, headers, text } = await this.send(`/commands${query}`, `${body}\n`, {
      ...posting,
      headers: { 'content-type': 'application/x-ndjson', ...posting.headers },
    });
    const results = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
    return { status, headers, text, json: undefined, results };
  }

  /** Records commands that a test depends on. Throws if one is refused. */
  async recordCommands(...commands: readonly (readonly [command: string, data: unknown])[]): Promise<number> {
    let entry = 0;
    for (const [name, data] of commands) {
      const { status, text, json } = await this.sendCommand(name, data);
      if (status > 201) throw new Error(`${name}: ${text}`);
      entry = (json as { entry: number }).entry;
    }
    return entry;
  }

  async close(): Promise<void> {
    await this.server.app.close();
  }
}

const { log } = console;
const directories: string[] = [];
const servers: TestServer[] = [];
/** By the directory of the ledger, or by the prefix in a cluster. */
const secretsByBook = new Map<string, Map<Role, string>>();

/** A key for each role, created by the first server of a ledger. */
async function createKeys(
  book: string,
  directory: string,
  { node: { apiKeys } }: RunningServer,
): Promise<ReadonlyMap<Role, string>> {
  const known = secretsByBook.get(book);
  if (known) return known;
  const secrets = new Map<Role, string>();
  secretsByBook.set(book, secrets);
  secrets.set('admin', readFileSync(join(directory, 'admin.key'), 'utf8').trim());
  for (const role of ROLES) if (role !== 'admin') secrets.set(role, await apiKeys.add(role, role));
  return secrets;
}

export function createTemporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'minutebook-http-'));
  directories.push(directory);
  return directory;
}

type ServerSettings = { readonly directory?: string } & { readonly [setting: string]: string };

/** Resolves when every read model is live. */
export async function startTestServer({
  directory,
  ...environment
}: ServerSettings = {}): Promise<TestServer> {
  const data = directory ?? createTemporaryDirectory();
  const settings = { PORT: '0', DATA_DIR: data, LOG_LEVEL: 'error', ...environment };
  const configuration = new Configuration(addLedgerSettings(settings));
  console.log = () => undefined; // messages for operators
  const server = await startServer(configuration, (sentence) => {
    throw new Error(sentence);
  });
  const { readModels } = server.node;
  // rebuild() returns a rebuild that is already running, so this waits and starts nothing.
  for (const { name, status } of readModels.statuses())
    if (status === 'building') await readModels.rebuild(name).finished;
  const secrets = await createKeys(environment['LEDGER_PREFIX'] ?? data, data, server);
  const started = new TestServer(server, data, secrets);
  servers.push(started);
  return started;
}

/** For `afterAll`: closes the servers and removes the directories. */
export async function cleanUp(): Promise<void> {
  for (const server of servers.splice(0)) await server.close();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
  console.log = log;
}
