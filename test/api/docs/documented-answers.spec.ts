// Every answer has the status, the media type and the shape that the OpenAPI document declares, and no other members.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cstoCommands } from '../../support/csto-commands.js';
import { ICON_PATH } from '../../../src/web/icon.js';
import { STYLESHEET_PATH } from '../../../src/web/stylesheet.js';
import { describeEmbedded, IMPORT_UNSUPPORTED_REASON } from '../../support/embedded-or-cluster.js';
import { projectRoot } from '../../support/project-root.js';
import {
  cleanUp,
  createTemporaryDirectory,
  type RequestHeaders,
  startTestServer,
  type TestServer,
} from '../../support/test-server.js';
import { waitUntil } from '../../support/wait-until.js';
import { AnswerValidator, listOpenParts, type OpenApiDocument } from './support/answer-validator.js';

const SPECIMEN = join(projectRoot, 'test/specimens/csto-book');
type RecordedRequest = { readonly path: string; readonly headers?: RequestHeaders };
const requests = readFileSync(join(SPECIMEN, 'recorded-answers.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as RecordedRequest);

let server: TestServer;
let document: OpenApiDocument;
let validator: AnswerValidator;

beforeAll(async () => {
  const directory = createTemporaryDirectory();
  cpSync(SPECIMEN, directory, { recursive: true });
  server = await startTestServer({ directory });
  document = (await server.get('/openapi.json')).json as OpenApiDocument;
  validator = new AnswerValidator(document);
});
afterAll(cleanUp);

type SentRequest = { readonly method?: string; readonly headers?: RequestHeaders; readonly body?: string };

/** Sends a request with the admin key and expects the documented answer. */
async function expectDocumented(address: string, { method = 'GET', headers = {}, body }: SentRequest = {}) {
  const answer = await server.fetch(address, {
    method,
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${server.getKey()}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  expect(validator.findMistake(method.toLowerCase(), address, answer)).toBeUndefined();
  return answer;
}
const post = (address: string, body: unknown, headers: RequestHeaders = {}) =>
  expectDocumented(address, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers,
  });

describe('the schemas of the OpenAPI document', () => {
  it('name every member of an object, except those of event data', () => {
    const schemas = Object.entries(document.components.schemas);
    expect(schemas.flatMap(([name, schema]) => listOpenParts(schema, name))).toEqual([
      'EventData',
      'CorrectFactData/with',
      'CorrectFactData/change',
    ]);
    const bodies = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { responses }]) =>
        Object.values(responses).flatMap(({ content = {} }) =>
          Object.values(content).flatMap(({ schema }) => listOpenParts(schema, `${method} ${path}`)),
        ),
      ),
    );
    expect(bodies).toEqual([]);
  });

  it('are found to be open where one is', () => {
    expect(listOpenParts({ anyOf: [{ type: 'array', items: { type: 'object' } }, {}] }, 'x')).toEqual([
      'x/anyOf/0/*',
      'x/anyOf/1',
    ]);
  });
});

describeEmbedded(IMPORT_UNSUPPORTED_REASON, 'the answers of a server on the example book', () => {
  it('are documented for every recorded GET', async () => {
    expect(requests.length).toBeGreaterThan(500);
    for (const { path, headers } of requests) await expectDocumented(path, { headers: headers ?? {} });
  });

  it('are documented for every list without parameters in its path', async () => {
    const lists = Object.entries(document.paths).filter(
      ([path, { get }]) => !path.includes('{') && get?.responses[200]?.content?.['application/json'],
    );
    expect(lists.length).toBeGreaterThan(10);
    for (const [path] of lists) await expectDocumented(path);
  });

  it('are documented for tables, exports, events, changes and pages', async () => {
    const tables = Object.keys(document.paths).filter((path) => path.endsWith('.csv'));
    for (const table of tables)
      await expectDocumented(
        table
          .replace('{organization}', 'csto')
          .replace('{person}', 'yerzhan-kazykhanov')
          .replace('{source}', 'mfa-kz-2011-05-31'),
      );
    await expectDocumented('/events', { headers: { accept: 'application/x-ndjson' } });
    for (const address of ['/audit/changes?limit=1000', '/audit/changes?projection=membership', '/metrics'])
      await expectDocumented(address);
    for (const address of [
      '/openapi.json',
      '/docs/none',
      STYLESHEET_PATH,
      ICON_PATH,
      '/entries/1',
      '/robots.txt',
      '/sitemap.xml',
      '/opensearch.xml',
    ])
      await expectDocumented(address);
    for (const address of ['/search?q=csto', '/meetings/csto-cfm-2011-05-31/statements/s1'])
      await expectDocumented(address, { headers: { accept: 'text/html' } });
    for (const accept of ['text/html', 'application/json'])
      for (const address of [
        '/problems',
        '/problems/not-found',
        '/docs',
        '/docs/admit-member',
        '/docs/events',
      ])
        await expectDocumented(address, { headers: { accept } });
    const { status } = await expectDocumented('/organizations', {
      headers: { 'accept-datetime': 'Thu, 01 Jan 2026 00:00:00 GMT' },
    });
    expect([200, 302]).toContain(status);
  });

  it('are documented for commands, recorded, repeated, checked and refused', async () => {
    const source = (name: string) => ({ source: name, title: 'A paper', publisher: 'Us' });
    await post('/commands/register-source', source('paper-1'), { 'idempotency-key': 'k' });
    await post('/commands/register-source', source('paper-1'), { 'idempotency-key': 'k' });
    await post('/commands/register-source', source('paper-2'), { prefer: 'return=representation' });
    await post('/commands/register-source', source('paper-3'), { prefer: 'respond-async' });
    await post('/commands/register-source?check=true', source('paper-4'));
    await post('/commands/register-source', { source: 'X', extra: 1 });
    await post('/commands/register-source', source('paper-1'), { 'if-match': '"7"' });
    await post('/commands/register-source', source('paper-9'), { authorization: 'Bearer none' });
    await post('/commands/register-source', '{');
    await post('/commands/register-source', 'x', { 'content-type': 'text/plain' });
    await post('/commands/none', {});
    await post('/commands', [{ command: 'register-source', data: source('paper-5') }]);
    await post('/commands', [{ command: 'register-source', data: source('paper-10') }], {
      prefer: 'respond-async',
    });
    await post('/commands?check=true', [{ command: 'register-source', data: source('paper-6') }]);
    const lines = [
      { command: 'register-source', data: source('paper-7') },
      { command: 'register-source', data: { source: 'paper-8' } },
      { command: 'none', data: {} },
      'no command',
    ];
    await post('/commands', lines.map((line) => JSON.stringify(line)).join('\n'), {
      'content-type': 'application/x-ndjson',
    });
  });

  it('are documented for amended facts, their trail and the changes that they made', async () => {
    const { items } = (await server.get('/events?stream=membership-csto:armenia')).json as {
      items: { id: string; data: object }[];
    };
    const [fact] = items;
    await post('/commands/dispute-fact', { fact: fact?.id, claim: 'It was later.', sources: [] });
    await post('/commands/correct-fact', {
      fact: fact?.id,
      with: { ...fact?.data, note: 'Read again.' },
      reason: 'A note was missing.',
    });
    await expectDocumented('/audit/trail/membership-csto:armenia');
    for (const list of ['members', 'parties', 'observer-history'])
      await expectDocumented(`/organizations/csto/${list}`);
    await expectDocumented('/audit/changes?limit=1000');
  });

  it('are documented for audits and rebuilds', async () => {
    const started = await post('/audit/replays', {});
    const address = started.headers.get('location') ?? '';
    await post('/audit/replays', {});
    await post('/audit/replays', { entry: -1 });
    await expectDocumented(address, { headers: { accept: 'text/event-stream' } });
    await waitUntil(async () => (await server.get(address, { authorization: `Bearer ${server.getKey()}` })).json.status === 'done'); // prettier-ignore
    await expectDocumented(address);
    await expectDocumented('/projections/sources/rebuild', { method: 'POST' });
    await expectDocumented('/projections/none/rebuild', { method: 'POST' });
    await expectDocumented('/projections');
  });

  it('include every documented success, of the commands those of one', () => {
    const isOfOtherCommand = (name: string): boolean => /^post \/commands\/(?!register-source )/.test(name);
    expect(validator.listUnvalidated().filter((name) => !isOfOtherCommand(name))).toEqual([
      'get /events 200 text/event-stream', // never ends; see event-list-and-live-feed.spec.ts
    ]);
  });
});

describe('the answers of a server on an empty book', () => {
  it('are documented', async () => {
    const empty = await startTestServer();
    for (const template of Object.keys(document.paths).filter((path) => document.paths[path]?.['get'])) {
      if (template.includes('{')) continue;
      expect(validator.findMistake('get', template, await empty.get(template))).toBeUndefined();
    }
  });
});

describe('the answers to the example commands', () => {
  it('are documented', async () => {
    const empty = await startTestServer();
    for (const [name, data] of cstoCommands) {
      const address = `/commands/${name}`;
      expect(validator.findMistake('post', address, await empty.sendCommand(name, data))).toBeUndefined();
    }
  });
});
