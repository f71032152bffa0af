// The KurrentDB that tests run against: a double per suite, or the server at KURRENTDB_URL.
import { randomBytes } from 'node:crypto';
import { createClient } from '../../../src/ledger/kurrentdb/client/create-client.js';
import { TcpProxy } from '../tcp-proxy.js';
import { type KurrentDbDoubleOptions, KurrentDbDouble } from './kurrentdb-double.js';

/** The driver knows only the older name of the URL scheme. */
const url = (process.env['KURRENTDB_URL'] ?? '').replace(/^kurrentdb(?=[+:])/, 'esdb');

/** The servers of KURRENTDB_URL, each as host:port. */
export const serverAddresses: readonly string[] = (/^[^:]+:\/\/(?:[^@]*@)?([^/?]*)/.exec(url)?.[1] ?? '')
  .split(',')
  .filter(Boolean)
  .map((host) => (host.includes(':') ? host : `${host}:2113`));

/** Whether tests can inject faults, stop the server and read its log. A real server must not be damaged. */
export const isDouble = url === '';

/** Credentials of the server at KURRENTDB_URL; a double accepts any. A call with credentials makes the driver use unary append. */
export const credentials = ((): { readonly username: string; readonly password: string } => {
  const [, username = 'admin', password = 'changeit'] =
    /^\w+(?:\+\w+)?:\/\/([^:/@]+):([^@]+)@/.exec(url) ?? [];
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
})();

export type TestKurrentDb = {
  readonly connectionString: string;
  /** A unique prefix: a real server keeps the events of earlier tests. */
  readonly prefix: string;
  /** Null for a real server. */
  readonly double: KurrentDbDouble | null;
  stop(): Promise<void>;
};

const createPrefix = (): string => `test${randomBytes(6).toString('hex')}`;

/** Options apply to a double only. */
export async function startKurrentDb(options?: KurrentDbDoubleOptions): Promise<TestKurrentDb> {
  if (isDouble) return startDouble(options);
  return { connectionString: url, prefix: createPrefix(), double: null, stop: () => Promise.resolve() };
}

/** A double, also when KURRENTDB_URL names a server: for tests of what no server does when a test needs it. */
export async function startDouble(
  options?: KurrentDbDoubleOptions,
): Promise<TestKurrentDb & { readonly double: KurrentDbDouble }> {
  const double = await KurrentDbDouble.start(options);
  const { connectionString } = double;
  return { connectionString, prefix: createPrefix(), double, stop: () => double.stop() };
}

/** A line to a server that a test can cut and stall, whatever the server is. */
export type BreakableLine = {
  readonly proxy: TcpProxy;
  /** Leads over the line. */
  readonly connectionString: string;
};

/**
 * A line to the server that leads now. It names no other server, so a client on it stays there. For TLS the certificate
 * of the server must be valid for 127.0.0.1.
 */
export async function openBreakableLine(connectionString: string): Promise<BreakableLine> {
  const { hostname, port } = new URL(`tcp://${await findLeader(connectionString)}`);
  const proxy = await TcpProxy.to(Number(port), hostname);
  return { proxy, connectionString: toSingleServer(connectionString, `127.0.0.1:${proxy.port}`) };
}

/** The connection string that names this server only, as host:port: its clients stay there. */
function toSingleServer(connectionString: string, server: string): string {
  const [, scheme = '', userinfo = '', query = ''] =
    /^(\w+)(?:\+discover)?:\/\/([^@/]*@)?[^?]*(\?.*)?$/.exec(connectionString) ?? [];
  return `${scheme}://${userinfo}${server}${query}`;
}

/** For one server after the other to say who leads, and for that one to answer. */
const SERVER_TIMEOUT_MS = 2_000;

/** The address of the server that leads, as host:port. Rejects if none is found within SERVER_TIMEOUT_MS. */
export const findLeader = (connectionString: string): Promise<string> =>
  readFromServer(addConnectionOption(connectionString, 'maxDiscoverAttempts=1&gossipTimeout=1'), true);

/** Whether a server answers reads. */
export const isServing = (connectionString: string, server: string): Promise<boolean> =>
  readFromServer(toSingleServer(connectionString, server), false).then(
    () => true,
    () => false,
  );

/** Resolves to the server that has answered. */
async function readFromServer(connectionString: string, requiresLeader: boolean): Promise<string> {
  const client = createClient(connectionString);
  const timer = setTimeout(() => client.dispose(), SERVER_TIMEOUT_MS);
  try {
    for await (const _ of client.driver.readAll({ maxCount: 1, requiresLeader, credentials }));
    const server = client.getServer();
    if (client.isDisposed() || server === undefined) throw new Error('no server has answered');
    return server;
  } finally {
    clearTimeout(timer);
    client.dispose();
  }
}

/** The connection string with an additional option. */
export const addConnectionOption = (connectionString: string, option: string): string =>
  `${connectionString}${connectionString.includes('?') ? '&' : '?'}${option}`;

/** A test that needs a double; with a real server it is skipped, and its title gives the reason. */
export const itWithDouble = (name: string, test: () => Promise<void>): void => {
  if (isDouble) it(name, test);
  else it.skip(`${name} (skipped: the server at KURRENTDB_URL cannot be made to fail)`, test);
};
