// A client that openapi-typescript generates is used once for every GET of a read model and for every command.
import { execFile } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import createClient from 'openapi-fetch';
import { getSpecimen } from '../../support/command-specimens.js';
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
type Operation = {
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

/** Ids of the example book, by the parameter that they fill. */
const IDS: { readonly [parameter: string]: string } = {
  organization: 'csto',
  person: 'yerzhan-kazykhanov',
  meeting: 'csto-cfm-2011-05-31',
  source: 'mfa-kz-2011-05-31',
};

let server: TestServer;
let document: OpenApiDocument;

beforeAll(async () => {
  const directory = createTemporaryDirectory();
  cpSync(join(projectRoot, 'test/specimens/csto-book'), directory, { recursive: true });
  server = await startTestServer({ directory });
  document = JSON.parse((await server.get('/openapi.json')).text) as OpenApiDocument;
});
afterAll(cleanUp);

const resolve = (schema: Schema | undefined): Schema | undefined =>
  schema?.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1) ?? ''];

/** The read models' addresses that answer JSON, with their parameters. */
const listReads = () =>
  Object.entries(document.paths).flatMap(([path, { get }]) => {
    const schema = resolve(get?.responses['200']?.content?.['application/json']?.schema);
    if (!schema || !/^\/(?:organizations|people|meetings|statements|topics|decisions|sources)/.test(path))
      return [];
    const path_ = Object.fromEntries(
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, IDS[name] ?? '']),
    );
    const item = resolve(schema.properties?.['items']?.items);
    const member = Object.keys((item ?? schema).properties ?? {})[0] ?? '';
    return [{ path, parameters: path_, access: item ? `data?.items[0]?.${member}` : `data?.${member}` }];
  });

/** A program that reads a member of each answer and sends each command, and compiles only if all of them have types. */
const writeProgram = (commands: readonly string[]): string =>
  [
    "import createClient from 'openapi-fetch';",
    "import type { paths } from './api.js';",
    "const client = createClient<paths>({ baseUrl: 'http://127.0.0.1' });",
    'export async function useAll(): Promise<unknown[]> {',
    '  const used: unknown[] = [];',
    ...listReads().map(
      ({ path, parameters, access }) =>
        `  { const { data } = await client.GET(${JSON.stringify(path)}, ${Object.keys(parameters).length > 0 ? `{ params: { path: ${JSON.stringify(parameters)} } }` : '{}'}); const used1: string | number | null | undefined = ${access}; used.push(used1); }`,
    ),
    ...commands.map(
      (name) =>
        `  { const { data } = await client.POST(${JSON.stringify(`/commands/${name}`)}, { body: ${JSON.stringify(getSpecimen(name))} }); used.push(data); }`,
    ),
    '  return used;',
    '}',
    '',
  ].join('\n');

describeEmbedded(IMPORT_UNSUPPORTED_REASON, 'a client that is generated from the OpenAPI document', () => {
  it('compiles for every read model and every command', async () => {
    const directory = createTemporaryDirectory();
    symlinkSync(join(projectRoot, 'node_modules'), join(directory, 'node_modules'));
    writeFileSync(join(directory, 'openapi.json'), JSON.stringify(document));
    writeFileSync(join(directory, 'package.json'), '{"type":"module"}');

    const options = {
      cwd: directory,
      env: { ...process.env, NODE_OPTIONS: '' },
      maxBuffer: 16 * 1024 * 1024,
    };
    await run(
      process.execPath,
      [join(projectRoot, 'node_modules/openapi-typescript/bin/cli.js'), 'openapi.json', '-o', 'api.ts'],
      options,
    );
    writeFileSync(
      join(directory, 'program.ts'),
      writeProgram([...server.server.node.commandHandler.commands.keys()]),
    );
    const compiler = [
      join(projectRoot, 'node_modules/typescript/bin/tsc'),
      '--noEmit',
      '--strict',
      '--target',
      'es2022',
      '--module',
      'nodenext',
      'program.ts',
    ];
    const { stdout } = await run(process.execPath, compiler, options).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toBe('');
  });

  it('gets an answer from every read model', async () => {
    const client = createClient<{
      [path: string]: { get: { responses: { 200: { content: { 'application/json': unknown } } } } };
    }>({
      baseUrl: server.url,
    });
    for (const { path, parameters } of listReads()) {
      const { data, response } = await client.GET(path, { params: { path: parameters } } as never);
      expect([path, response.status, typeof data]).toEqual([path, 200, 'object']);
    }
  });
});
