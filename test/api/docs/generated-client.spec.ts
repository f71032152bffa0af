// A program that a client of openapi-typescript is used in once for every GET and every command: it compiles, and runs.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeEmbedded, IMPORT_UNSUPPORTED_REASON } from '../../support/embedded-or-cluster.js';
import { projectRoot } from '../../support/project-root.js';
import {
  cleanUp,
  createTemporaryDirectory,
  startTestServer,
  type TestServer,
} from '../../support/test-server.js';

const run = promisify(execFile);

type Schema = {
  readonly $ref?: string;
  readonly properties?: { readonly [name: string]: Schema };
  readonly items?: Schema;
};
type Parameter = { readonly name: string; readonly in: string; readonly required?: boolean };
type Operation = {
  readonly parameters?: readonly Parameter[];
  readonly responses: {
    readonly [status: string]: {
      readonly content?: { readonly [type: string]: { readonly schema: Schema } };
    };
  };
};
type OpenApiDocument = {
  readonly paths: { readonly [path: string]: { readonly get?: Operation; readonly post?: Operation } };
  readonly components: { readonly schemas: { readonly [name: string]: Schema } };
};

/** Values of the example book for required parameters. */
const VALUES: { readonly [parameter: string]: string | number } = {
  organization: 'csto',
  person: 'yerzhan-kazykhanov',
  meeting: 'csto-cfm-2011-05-31',
  source: 'mfa-kz-2011-05-31',
  statement: 's1',
  entry: '1',
  stream: 'organization-csto',
  name: 'register-source',
  code: 'not-found',
  from: 1,
};

let server: TestServer;
let document: OpenApiDocument;
let eventId: string;
/** Of a style sheet, which a page names. */
let asset: { readonly hash: string; readonly file: string };

beforeAll(async () => {
  const directory = createTemporaryDirectory();
  cpSync(join(projectRoot, 'test/specimens/csto-book'), directory, { recursive: true });
  server = await startTestServer({ directory });
  document = (await server.get('/openapi.json')).json as OpenApiDocument;
  const page = await server.get('/docs', { accept: 'text/html' });
  const [, hash = '', file = ''] = /"\/assets\/([^/"]+)\/([^/"]+)"/.exec(page.text) ?? [];
  asset = { hash, file };
  eventId = (await server.get('/events?limit=1')).json.items[0].id as string;
});
afterAll(cleanUp);

const resolve = (schema: Schema | undefined): Schema | undefined =>
  schema?.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1) ?? ''];

function getValue(path: string, { name }: Parameter): string | number {
  if (path.startsWith('/tile/')) return `0/000.p/${server.headEntry}`;
  if (path.startsWith('/timemap/')) return 'organizations/csto/members'; // which the client encodes
  if (name === 'hash' || name === 'file') return asset[name];
  return path.includes('{event}') || path === '/events/{id}' ? eventId : (VALUES[name] ?? '');
}

/**
 * A value that has a type of its own only if the answer is typed: a member of the first item, or of the record. Where an
 * address has several media types, clients must find out which one they got.
 */
function formatAccess(schema: Schema, isOneOfSeveral: boolean): string {
  const item = resolve(schema.properties?.['items']?.items);
  const [member = ''] = Object.keys((item ?? schema).properties ?? {});
  const isFound = isOneOfSeveral
    ? `typeof data === 'object' && '${item ? 'items' : member}' in data ? data`
    : 'data?';
  const read = item
    ? `${isFound}.items[0]?.${member} ?? data${isOneOfSeveral ? '' : '?'}.items.length`
    : `${isFound}.${member}`;
  return `${read}${isOneOfSeveral ? ' : undefined' : ''}`;
}

function formatGet(path: string, { parameters = [], responses }: Operation): string {
  const content = responses['200']?.content ?? {};
  const [mediaType = '', ...others] = Object.keys(content);
  const isJson = mediaType.endsWith('json');
  const listed = (place: string) =>
    parameters
      .filter((each) => each.in === place && each.required === true)
      .map((each) => `${each.name}: ${path === '/audit/replays/{id}' ? 'replay' : JSON.stringify(getValue(path, each))}`)
      .join(', '); // prettier-ignore
  const [inPath, inQuery] = [listed('path'), listed('query')];
  const given = `${inPath && `path: { ${inPath} }, `}${inQuery && `query: { ${inQuery} }`}`;
  const access = isJson ? formatAccess(resolve(content[mediaType]?.schema) ?? {}, others.length > 0) : 'data';
  const options = `{ ${given && `params: { ${given} }, `}${isJson ? '' : "parseAs: 'text'"} }`;
  return `  { const { data, response } = await client.GET(${JSON.stringify(path)}, ${options}); report(${JSON.stringify(`GET ${path}`)}, response.status, ${access}); }`;
}

const formatCommand = (name: string, example: unknown): string =>
  `  { const { data, response } = await client.POST(${JSON.stringify(`/commands/${name}`)}, { body: ${JSON.stringify(example)} }); report(${JSON.stringify(`POST /commands/${name}`)}, response.status, data && ('entry' in data ? data.entry : data.stream)); }`;

/** Prints one line for each request: its operation, the status, and the type of the value that it read. */
function writeProgram(): string {
  const commands = [...server.server.node.commandHandler.commands.values()];
  return [
    "import createClient from 'openapi-fetch';",
    "import type { paths } from './api.js';",
    'declare const process: { readonly env: { readonly [name: string]: string | undefined } };',
    'const { BASE_URL: baseUrl = "", KEY } = process.env;',
    'const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${KEY}` } });',
    'type Value = string | number | boolean | readonly unknown[] | null | undefined;',
    'const report = (operation: string, status: number, value: Value): void =>',
    '  console.log(JSON.stringify([operation, status, typeof value]));',
    'async function useAll(): Promise<void> {',
    "  const started = await client.POST('/audit/replays', {});",
    "  const replay = started.data?.id ?? '';",
    ...Object.entries(document.paths).flatMap(([path, { get }]) => (get ? [formatGet(path, get)] : [])),
    ...commands.map(({ name, example }) => formatCommand(name, example)),
    '}',
    'await useAll();',
    '',
  ].join('\n');
}

async function runTool(directory: string, file: string, options: readonly string[], env = {}) {
  const settings = { cwd: directory, env: { ...process.env, NODE_OPTIONS: '', ...env }, maxBuffer: 2 ** 24 };
  return run(process.execPath, [file, ...options], settings).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
}

/** The package that the program imports. */
const CLIENT = join(projectRoot, 'node_modules/openapi-fetch/');
const COMPILER = join(projectRoot, 'node_modules/typescript/bin/tsc');
const GENERATOR = join(projectRoot, 'node_modules/openapi-typescript/bin/cli.js');
const COMPILER_OPTIONS = ['--strict', '--target', 'es2022', '--module', 'nodenext'];

describeEmbedded(IMPORT_UNSUPPORTED_REASON, 'a client that is generated from the OpenAPI document', () => {
  it('has types for, and gets the documented answer of, every GET and every command', async () => {
    const directory = createTemporaryDirectory();
    mkdirSync(join(directory, 'node_modules'));
    symlinkSync(CLIENT, join(directory, 'node_modules/openapi-fetch'));
    writeFileSync(join(directory, 'openapi.json'), JSON.stringify(document));
    writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
    await runTool(directory, GENERATOR, ['openapi.json', '-o', 'api.ts']);
    writeFileSync(join(directory, 'program.ts'), writeProgram());
    const compiled = await runTool(directory, COMPILER, [...COMPILER_OPTIONS, 'program.ts']);
    expect(compiled.stdout).toBe('');

    const { stdout, stderr } = await runTool(directory, 'program.js', [], {
      BASE_URL: server.url,
      KEY: server.getKey(),
    });
    expect(stderr).toBe('');
    const reported = stdout.trim().split('\n').map((line) => JSON.parse(line) as [string, number, string]); // prettier-ignore
    const gets = Object.keys(document.paths).filter((path) => document.paths[path]?.get);
    const commands = [...server.server.node.commandHandler.commands.keys()];
    expect(reported.map(([operation, status]) => [operation, status])).toEqual([
      ...gets.map((path) => [`GET ${path}`, 200]),
      ...commands.map((name) => [`POST /commands/${name}`, 201]),
    ]);
    expect(reported.filter(([, , type]) => type === 'undefined')).toEqual([]);
  });
});
