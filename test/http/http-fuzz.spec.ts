import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createCommandSchema } from '../../src/commands/command-schema.js';
import { cstoCommands } from '../support/csto-commands.js';
import { isInCluster } from '../support/embedded-or-cluster.js';
import { listRoutes } from '../support/server-routes.js';
import { type TestResponse, cleanUp, startTestServer, type TestServer } from '../support/test-server.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

type Schema = {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly items?: Schema;
  readonly format?: string;
  readonly pattern?: string;
};

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'length',
  '',
  'a/b',
  'x~y',
  'title',
  '0',
];
const anyJson = fc.jsonValue({ maxDepth: 4 });
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    ' ',
    'csto',
    'treaty',
    'person:x',
    'a'.repeat(100),
    '2011-41',
    '1992',
    '\ud800',
    '\u0000',
    'Հ',
  ),
);
const ids = fc.constantFrom(
  'csto',
  'armenia',
  'uzbekistan',
  'treaty',
  'person:x',
  'new-1',
  'new-2',
  'CSTO',
  '-',
  'x'.repeat(101),
);
const dates = fc.oneof(
  fc.constantFrom(
    '1992',
    '2011-41',
    '1999-04-02',
    '[..2011-05-31]',
    '[1993-09-09,1993-12-09]',
    '../..',
    '/',
    '0000',
    '9999-12-31',
  ),
  fc.stringMatching(/^[[\]0-9./,~?%-]{0,24}$/),
);
const facts = fc.constantFrom(
  'membership-csto:armenia@0',
  'membership-csto:uzbekistan@2',
  'organization-csto@0',
  'source-treaty@0',
  'source-treaty@9999999999',
  'person-x@0',
  '@0',
  '00000000-0000-5000-8000-000000000000',
);

/** Data near a schema: often valid, sometimes with one or many errors. */
function createNearlyValid(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  const right = (): fc.Arbitrary<unknown> => {
    if (schema.enum) return fc.constantFrom(...schema.enum);
    if (name === 'fact') return facts;
    if (schema.format === 'edtf') return dates;
    if (schema.pattern?.includes('a-z0-9')) return ids;
    if (schema.properties) {
      const members = Object.entries(schema.properties).map(
        ([key, member]) => [key, createNearlyValid(member, key)] as const,
      );
      return fc.record(Object.fromEntries(members), { requiredKeys: [] });
    }
    if (schema.type === 'array') return fc.array(createNearlyValid(schema.items ?? {}), { maxLength: 3 });
    if (schema.type === 'object')
      return name === 'with'
        ? fc.oneof(fc.constantFrom(...cstoCommands.map(([, data]) => data)), fc.dictionary(texts, anyJson))
        : fc.dictionary(fc.constantFrom('en', 'ru', 'not a tag', ...NAMES), texts);
    if (schema.type === 'integer') return fc.integer();
    return texts;
  };
  return fc.oneof({ weight: 12, arbitrary: right() }, { weight: 1, arbitrary: anyJson });
}
const addStrayMember = (data: fc.Arbitrary<unknown>) =>
  fc
    .tuple(data, fc.option(fc.tuple(fc.constantFrom(...NAMES), anyJson), { freq: 6 }))
    .map(([value, stray]) => {
      if (!stray || typeof value !== 'object' || value === null) return value;
      return Object.defineProperty({ ...value }, stray[0], { value: stray[1], enumerable: true });
    });

/** Every request is accepted or refused with a complete problem; a refused one records nothing. */
async function expectAnswerOrProblem(send: () => Promise<TestResponse>): Promise<void> {
  const before = book.headEntry;
  const { status, text, headers } = await send();
  // A cluster node waits for an entry that another node may have recorded, until the timeout.
  const isAwaited = isInCluster && status === 503 && text.includes('"code":"not-caught-up"');
  expect([status < 500 || isAwaited, text]).toEqual([true, text]);
  if (status < 400) return;
  expect(book.headEntry).toBe(before);
  // A page for clients that prefer HTML.
  if (headers.get('content-type') === 'text/html; charset=utf-8') {
    expect(text).toMatch(/^<!doctype html>/i);
    return;
  }
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const problem = JSON.parse(text) as { status: number; code: string; type: string; title: string };
  expect(problem).toMatchObject({ status, type: `/problems/${problem.code}`, title: expect.any(String) });
}

const checkProperty = (
  arbitrary: fc.Arbitrary<unknown>,
  send: (value: never) => Promise<TestResponse>,
  numRuns: number,
) =>
  fc.assert(
    fc.asyncProperty(arbitrary, (value) => expectAnswerOrProblem(() => send(value as never))),
    { numRuns },
  );

describe('any body', () => {
  it('as a command is answered without an internal error', async () => {
    for (const entry of book.server.node.commandHandler.commands.values()) {
      const data = addStrayMember(createNearlyValid(createCommandSchema(entry) as unknown as Schema));
      await checkProperty(data, (value) => book.sendCommand(entry.name, value), 40);
    }
  });

  it('as a group or as lines is answered without an internal error', async () => {
    const entries = [...book.server.node.commandHandler.commands.values()];
    const envelope = fc.oneof(
      { weight: 8, arbitrary: fc.oneof(...entries.map((entry) => fc.record({ command: fc.constant(entry.name), data: createNearlyValid(createCommandSchema(entry) as unknown as Schema) }))) }, // prettier-ignore
      { weight: 1, arbitrary: anyJson },
    );
    await checkProperty(
      fc.array(envelope, { maxLength: 4 }),
      (body) => book.send('/commands', JSON.stringify(body)),
      60,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(envelope, texts), { maxLength: 6 }), async (lines) => {
        const { status, results } = await book.sendLines(lines);
        expect(status).toBe(200);
        for (const result of results) expect([result.status < 500, result]).toEqual([true, result]);
      }),
      { numRuns: 40 },
    );
  });

  it('of random bytes is answered without an internal error', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.stringMatching(/^[{}[\]":,0-9eE.+\-\\untrlsfa ]{0,60}$/).map((text) => Buffer.from(text)),
    );
    await checkProperty(bytes, (body: Uint8Array) => book.send('/commands/register-source', body), 150);
    await checkProperty(bytes, (body: Uint8Array) => book.send('/commands', body), 50);
  });
});

describe('any address', () => {
  it('of a read route is answered without an internal error', async () => {
    const parameters = fc.constantFrom(
      'asOf',
      'on',
      'from',
      'limit',
      'cursor',
      'lang',
      'v',
      'q',
      'partOf',
      'classification',
      'after',
      'stream',
      'type',
      '__proto__',
    );
    const cursor = fc
      .tuple(
        fc.nat({ max: 20 }),
        fc.array(fc.oneof(texts, fc.integer(), fc.constant(null)), { maxLength: 4 }),
      )
      .map(([entry, after]) => Buffer.from(JSON.stringify([entry, ...after])).toString('base64url'));
    const values = fc.oneof(
      fc.constantFrom(
        '0',
        '1',
        '11',
        '12',
        '1e3',
        '-1',
        '2011-05-31',
        '2011-05-31T12:00:00Z',
        '9999-12-31T23:59:59+14:00',
        '0000-01-01T00:00:00-23:59',
        'en,ru',
        'state',
        'MemberJoined',
        'source-treaty',
        '%',
        '_',
        '"',
        "'",
        '*',
        'a*',
        'NEAR(',
        '\u0000',
      ),
      cursor,
      texts,
    );
    const part = fc.oneof(
      fc.constantFrom('csto', 'treaty', 'source-treaty', 'nope', '..', '%00', '%ff', '%2F', '+'),
      texts.map((text) => encodeURIComponent(text.toWellFormed())),
    );
    const headers = fc.record(
      {
        accept: fc.constantFrom('text/html', '*/*', 'application/json;q=0', ';', 'a'),
        'accept-language': fc.stringMatching(/^[a-zA-Z0-9;,=.*_ -]{0,20}$/),
        'ledger-entry': fc.constantFrom('0', '5', 'x', '-1'),
        'if-none-match': fc.stringMatching(/^[a-zA-Z0-9"/*, ]{0,20}$/),
      },
      { requiredKeys: [] },
    );
    const routes = listRoutes(book.server.app).flatMap((route) =>
      route.startsWith('GET ') ? route.slice(4) : [],
    );
    const request = fc.record({
      route: fc.constantFrom(...routes),
      parts: fc.array(part, { minLength: 2, maxLength: 2 }),
      query: fc.array(fc.tuple(parameters, values), { maxLength: 4 }),
      headers,
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ route, parts, query, headers }) => {
        let n = 0;
        const path = route.replaceAll(/:\w+/g, () => parts[n++] ?? 'x');
        const search = new URLSearchParams(
          query.map(([name, value]): [string, string] => [name, value.toWellFormed()]),
        );
        const address = `${path}?${search.toString()}`;
        await expectAnswerOrProblem(() => book.get(address, headers));
        const {
          status,
          text,
          headers: answered,
        } = await book.get(address, { ...headers, 'if-none-match': '"x"' });
        const pinned = answered.get('content-location');
        if (status === 200 && pinned !== null) expect((await book.get(pinned)).text).toBe(text);
      }),
      { numRuns: 400 },
    );
  });

  it('afterwards the server still records and answers', async () => {
    expect((await book.get('/health/ready')).status).toBe(200);
    const { items } = (await book.get('/projections')).json;
    for (const { name, parked } of items) expect([name, parked]).toEqual([name, []]);
  });
});
