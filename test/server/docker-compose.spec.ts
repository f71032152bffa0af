// The compose file and the Dockerfile, read by parsers: neither needs a container engine to be checked.
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { join } from 'node:path';
import { Ajv, type AnySchemaObject } from 'ajv';
import addFormats from 'ajv-formats';
import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import { parse } from 'yaml';
import { createTemporaryDirectory } from '../ledger/support/temporary-directory.js';
import { projectRoot } from '../support/project-root.js';

type Service = {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: { readonly [name: string]: string };
  readonly volumes?: readonly (string | { readonly source: string })[];
  readonly secrets?: readonly string[];
  readonly configs?: readonly { readonly source: string }[];
  readonly networks?: readonly string[] | { readonly [name: string]: unknown };
  readonly depends_on?: readonly string[] | { readonly [name: string]: { readonly condition: string } };
  readonly profiles?: readonly string[];
  readonly mem_limit?: string;
  readonly logging?: { readonly options: { readonly [name: string]: string } };
  readonly cap_drop?: readonly string[];
};
type Compose = {
  readonly services: { readonly [name: string]: Service };
  readonly volumes: object;
  readonly secrets: { readonly [name: string]: { readonly file: string } };
  readonly configs: { readonly [name: string]: { readonly content: string } };
  readonly networks: object;
};

const readText = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
const text = readText('docker-compose.yml');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const operations = readText('docs/operations.md');
const listDependencies = ({ depends_on: dependencies = [] }: Service): readonly string[] =>
  Array.isArray(dependencies) ? (dependencies as string[]) : Object.keys(dependencies);

describe('docker-compose.yml', () => {
  it('is valid against the schema of the Compose specification', () => {
    const schema = JSON.parse(readText('test/schemas/compose-spec/compose-spec.json')) as AnySchemaObject;
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    // Its dialect is given with https, under which no library knows it.
    const validate = ajv.compile({ ...schema, $schema: 'http://json-schema.org/draft-07/schema' });
    expect([validate(compose), validate.errors]).toEqual([true, null]);
    expect(validate({ services: { broken: { imgae: 'x' } } })).toBe(false);
  });

  it.each(services)('declares every volume, secret, config, network and dependency of %s', (_, service) => {
    const sources = (service.volumes ?? []).map((each) =>
      typeof each === 'string' ? each.split(':')[0] : each.source,
    );
    expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(sources));
    expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining([...(service.secrets ?? [])]));
    expect(Object.keys(compose.configs)).toEqual(
      expect.arrayContaining((service.configs ?? []).map(({ source }) => source)),
    );
    const { networks = [] } = service;
    const names = Array.isArray(networks) ? (networks as string[]) : Object.keys(networks);
    expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(names));
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining([...listDependencies(service)]));
  });

  it.each(services.filter(([name]) => !['certificates', 'ledger-user'].includes(name)))(
    'limits the memory and the log of %s',
    (_, { mem_limit: memory, logging }) => {
      expect(memory).toMatch(/\dg|\dm/);
      expect(logging?.options).toMatchObject({ 'max-size': '10m', 'max-file': '5' });
    },
  );

  it.each(services.filter(([, { command }]) => command?.[0]?.includes('\n')))(
    'has a command of %s that the shell can parse',
    (_, { command }) => {
      const script = command![0]!.replaceAll('$$', '$');
      const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    },
  );

  it('creates the user of the book, resets its password if it is there, and sets the rights', async () => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      void readAll(request).then((body) => {
        const { method, url = '', headers } = request;
        requests.push(
          `${method} ${url} ${headers['kurrent-eventtype'] ?? ''} ${body.replaceAll(/\s+/g, ' ')}`,
        );
        response.statusCode = url === '/users/' ? 409 : url.endsWith('reset-password') ? 200 : 201;
        response.end('{}');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const directory = createTemporaryDirectory();
    mkdirSync(join(directory, 'secrets'));
    writeFileSync(join(directory, 'secrets/kurrentdb-admin'), 'admin1\n');
    writeFileSync(join(directory, 'secrets/ledger-user'), 'user1\n');
    for (const [file, config] of [
      ['settings.json', 'default-acl'],
      ['all.json', 'all-acl'],
    ] as const)
      writeFileSync(join(directory, file), compose.configs[config]!.content.replaceAll('$$', '$'));
    const script = compose.services['ledger-user']!.command![0]!.replaceAll('$$', '$')
      .replaceAll('/tmp/', `${directory}/`)
      .replaceAll('/run/secrets/', `${directory}/secrets/`)
      .replaceAll(/(?<= |@)\/(settings|all)\.json/g, `${directory}/$1.json`)
      .replaceAll('--cacert /certificates/ca.crt', '')
      .replaceAll('https://kurrentdb-$n:2113', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await promisify(execFile)('sh', ['-c', script]).finally(() => server.close());
    expect(requests).toEqual([
      'POST /users/  {"loginName":"minutebook","fullName":"Minutebook","groups":[],"password":"user1"}',
      'POST /users/minutebook/command/reset-password  {"newPassword":"user1"}',
      expect.stringMatching(/^POST \/streams\/%24settings update-default-acl .*"\$userStreamAcl"/),
      expect.stringMatching(/^POST \/streams\/%24all\/metadata \$metadata .*"\$r": \["minutebook"/),
    ]);
  });

  it('contains no password', () => {
    expect(text).not.toMatch(/:\/\/\w+:[^/]*@|PASSWORD: *[^\s/]|changeit/);
  });

  it('builds the image once for each way to start it', () => {
    const built = services.filter(([, { build }]) => build !== undefined);
    expect(built.map(([name]) => name)).toEqual(['checkpoint-key', 'embedded']);
    expect(new Set(built.map(([, { image }]) => image)).size).toBe(1);
    expect(built.filter(([, { profiles }]) => profiles === undefined)).toHaveLength(1);
  });

  it('starts a Minutebook node without waiting for all servers', () => {
    for (const name of ['minutebook-1', 'minutebook-2'])
      expect(listDependencies(compose.services[name]!)).toEqual(['checkpoint-key', 'ledger-user']);
  });

  it('gives no Minutebook node the administrator, and no service but one the key of the authority', () => {
    const having = (find: (service: Service) => boolean) =>
      services.filter(([, service]) => find(service)).map(([name]) => name);
    expect(having(({ secrets = [] }) => secrets.includes('kurrentdb-admin'))).toEqual([
      'kurrentdb-1',
      'kurrentdb-2',
      'kurrentdb-3',
      'ledger-user',
    ]);
    expect(having(({ volumes = [] }) => volumes.includes('authority:/authority'))).toEqual(['certificates']);
  });

  it('permits only the user of the book to write, and only the administrator to delete', () => {
    const settings = JSON.parse(compose.configs['default-acl']!.content.replaceAll('$$', '$')) as {
      $userStreamAcl: object;
      $systemStreamAcl: object;
    };
    expect(settings.$userStreamAcl).toMatchObject({
      $w: ['minutebook', '$admins'],
      $d: '$admins',
      $mw: '$admins',
    });
    expect(new Set(Object.values(settings.$systemStreamAcl))).toEqual(new Set(['$admins']));
    const all = JSON.parse(compose.configs['all-acl']!.content.replaceAll('$$', '$')) as object;
    expect(all).toEqual({ $acl: { $r: ['minutebook', '$admins'] } });
  });

  it('sends commands to nodes that can record them, and tries another node when one is gone', () => {
    const proxy = JSON.parse(compose.configs['proxy']!.content) as object;
    const [commands, reads] = JSON.stringify(proxy).split('"terminal"');
    expect(commands).toContain('"uri":"/health/ready?for=commands"');
    expect(reads).toContain('"uri":"/health/ready"');
    for (const route of [commands, reads]) {
      expect(route).toContain('"try_duration":"5s"');
      expect(route).toContain('"fail_duration"');
    }
  });

  it('has no variable and no setting of a node that docs/operations.md does not document', () => {
    const variables = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name!);
    const settings = services
      .filter(([, { image }]) => image?.startsWith('minutebook:'))
      .flatMap(([, { environment = {} }]) => Object.keys(environment));
    const undocumented = [...new Set([...variables, ...settings])].filter(
      (name) => !operations.includes(`\`${name}\``),
    );
    expect(undocumented).toEqual([]);
  });
});

describe('Dockerfile', () => {
  const dockerfile = DockerfileParser.parse(readText('Dockerfile'));
  const instructions = dockerfile.getInstructions();
  const find = (keyword: string): readonly Instruction[] =>
    instructions.filter((each) => each.getKeyword() === keyword);
  const last = (keyword: string): string => find(keyword).at(-1)?.getArgumentsContent() ?? '';

  it('has two stages on the same base image, of the major version that .nvmrc names', () => {
    const bases = dockerfile.getFROMs().map((from) => from.getImage());
    expect(bases).toHaveLength(2);
    expect(new Set(bases)).toEqual(new Set([`node:${readText('.nvmrc').trim()}-bookworm-slim`]));
  });

  it('runs as an unprivileged user, checks its health, and keeps its data in a volume', () => {
    expect(last('USER')).toBe('node');
    expect(last('VOLUME')).toBe('/data');
    expect(last('HEALTHCHECK')).toContain('/health/live');
    expect(JSON.parse(last('CMD'))).toEqual(['node', '--enable-source-maps', 'dist/src/main.js']);
  });

  it('copies only what is in the project or was built, and no second Node', () => {
    // Those of package.json are optional.
    const installs = find('RUN').map((run) => run.getArgumentsContent() ?? '');
    for (const command of installs.filter((each) => /npm (?:ci|prune)/.test(each)))
      expect(command).toMatch(/npm (?:ci|prune) .*--omit=optional/);
    for (const copy of dockerfile.getCOPYs()) {
      const [source = ''] = copy.getArguments().map((each) => each.getValue());
      if (!copy.getFlags().some((flag) => flag.getName() === 'from'))
        expect(() => readText(source === 'src' ? 'src/main.ts' : source)).not.toThrow(/ENOENT/);
    }
  });

  it('sets only variables that docs/operations.md documents', () => {
    const names = dockerfile.getENVs().flatMap((env) => env.getProperties().map((each) => each.getName()));
    const undocumented = names.filter((name) => name !== 'NODE_ENV' && !operations.includes(`\`${name}\``));
    expect(undocumented).toEqual([]);
  });
});
