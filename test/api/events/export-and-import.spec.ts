import { once } from 'node:events';
import { get, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { canonicalJson } from '../../../src/json/canonical-json.js';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { append } from '../../ledger/support/create-append.js';
import { csto } from '../../support/csto-commands.js';
import { describeEmbedded, TAKES_NO_BOOK } from '../../support/ledger-environment.js';
import { heldMemory } from '../../support/memory-usage.js';
import {
  type Answer,
  cleanUp,
  type Headings,
  startTestServer,
  temporaryDirectory,
  type TestServer,
} from '../../support/test-server.js';

const NDJSON = { accept: 'application/x-ndjson' };
const exportOf = (server: TestServer, headers: Headings = {}): Promise<Answer> =>
  server.get('/events', { ...NDJSON, ...headers });
const linesOf = (text: string): string[] => text.trimEnd().split('\n');
const importInto = (server: TestServer, text: string, as?: string) =>
  server.lines(linesOf(text), '', as === undefined ? {} : { as });
const sources = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    command: 'register-source',
    data: { source: `s${n}`, title: `Source ${n}` },
  }));

/** Everything that a client could compare. The version of the server's own links is the same by itself. */
const ADDRESSES = [
  '/organizations?asOf=9',
  '/organizations/csto/members?on=2000-01-01&asOf=11',
  '/organizations/csto/members?on=2012-01-01&asOf=10',
  '/organizations/csto/membership-history?asOf=11',
  '/streams/membership-csto:uzbekistan?asOf=11',
  '/sources?asOf=5',
  '/events?limit=1000',
];
const answersOf = async (server: TestServer) => {
  const answers = [];
  for (const address of ADDRESSES) {
    const { status, text, headers } = await server.get(address);
    const named = [
      'ledger-entry',
      'ledger-root',
      'projection',
      'etag',
      'content-location',
      'link',
      'memento-datetime',
    ];
    answers.push([address, status, text, ...named.map((name) => headers.get(name))]);
  }
  return answers;
};

let book: TestServer;
let exported: string;
beforeAll(async () => {
  book = await startTestServer();
  await book.given(...csto);
  exported = (await exportOf(book)).text;
});
afterAll(cleanUp);

const made: TestServer[] = [];
async function newBook(): Promise<TestServer> {
  const server = await startTestServer();
  made.push(server);
  return server;
}
afterEach(async () => {
  for (const server of made.splice(0)) await server.close();
});

describe('an export', () => {
  it('is the whole book, an entry a line after a header', async () => {
    const { status, headers, text } = await exportOf(book);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('vary')).toContain('Accept');
    const [header, ...entries] = linesOf(text).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(header).toEqual({
      entries: book.head,
      export: 'minutebook',
      key: book.server.book.checkpoints.verifier,
      root: headers.get('ledger-root'),
      v: 1,
    });
    expect(headers.get('ledger-entry')).toBe(String(book.head));
    const { items } = (await book.get('/events?limit=1000')).json;
    expect(entries.map(({ previous: _, ...shown }) => shown)).toEqual(items);
    for (const line of linesOf(text)) expect(line).toBe(canonicalJson(JSON.parse(line)));
    expect(text.endsWith('}\n')).toBe(true);
  });

  it.each(['after=3', 'limit=5', 'stream=membership-csto:armenia', 'type=MemberJoined'])(
    'has no parts: %s is refused',
    async (parameter) => {
      const { status, json } = await book.get(`/events?${parameter}`, NDJSON);
      expect([status, json.code]).toEqual([422, 'unknown-parameter']);
    },
  );

  it('answers HEAD without a body', async () => {
    const { status, text, headers } = await book.fetch('/events', { method: 'HEAD', headers: NDJSON });
    expect([status, text, headers.get('content-type')]).toEqual([200, '', 'application/x-ndjson']);
  });

  it('of an empty book is a header', async () => {
    const empty = await newBook();
    const [header, ...others] = linesOf((await exportOf(empty)).text);
    expect(JSON.parse(header!)).toMatchObject({
      entries: 0,
      root: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', // SHA-256 of nothing (RFC 6962, section 2.1)
    });
    expect(others).toEqual([]);
  });

  it('is for whoever may read', async () => {
    const closed = await startTestServer({ READ_ACCESS: 'authenticated' });
    expect((await exportOf(closed)).status).toBe(401);
    expect((await exportOf(closed, { authorization: `Bearer ${closed.key('reader')}` })).status).toBe(200);
  });

  it('ends at the head of its beginning, and lets others be served while it is taken slowly', async () => {
    const large = await newBook();
    await large.lines(sources(3_000));
    const { head } = large;
    const sent = get(new URL('/events', large.url), { headers: NDJSON });
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    await once(answer, 'readable'); // and not read any further
    await large.given(['register-source', { source: 'late', title: 'x' }]);
    expect((await large.get('/sources/late')).status).toBe(200);
    let lines = 0;
    for await (const line of createInterface({ input: answer })) if (line !== '') lines++;
    expect(lines).toBe(1 + head);
  });
});

describe('the record of a stream', () => {
  it('is all of its entries between a header and a receipt', async () => {
    const stream = 'membership-csto:uzbekistan';
    const { status, headers, text } = await book.get(`/streams/${stream}`, NDJSON);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    const lines = linesOf(text);
    expect(lines[0]).toBe(
      canonicalJson({
        entries: 3,
        export: 'minutebook-stream',
        key: book.server.book.checkpoints.verifier,
        stream,
        v: 1,
      }),
    );
    const whole = linesOf(exported).filter((line) => line.includes(`"stream":"${stream}"`));
    expect(lines.slice(1, -1)).toEqual(whole);
    const { id } = JSON.parse(lines.at(-2)!) as { id: string };
    const proof = await book.get(`/proofs/inclusion/${id}.tlog-proof`);
    expect(lines.at(-1)).toBe(canonicalJson({ receipt: proof.text }));
  });

  it('is of no part and of no stream that is not there', async () => {
    expect((await book.get('/streams/nothing-x', NDJSON)).status).toBe(404);
    expect((await book.get('/streams/membership-csto:uzbekistan?limit=1', NDJSON)).json.code).toBe(
      'unknown-parameter',
    );
  });
});

describeEmbedded(TAKES_NO_BOOK, 'an export imported into an empty book', () => {
  it('makes the same book: entries, ids, times, leaf hashes, and every answer byte for byte', async () => {
    const copy = await newBook();
    const { status, headers, results } = await importInto(copy, exported);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    expect(results).toEqual([{ line: book.head + 1, status: 201, entry: book.head }]);
    const before = await answersOf(book);
    expect(before.map(([, found]) => found)).toEqual(ADDRESSES.map(() => 200));
    expect(await answersOf(copy)).toEqual(before);

    const [header, ...entries] = linesOf((await exportOf(copy)).text);
    expect(entries).toEqual(linesOf(exported).slice(1));
    // All but the key, which is each book's own.
    expect({ ...(JSON.parse(header!) as object), key: null }).toEqual({
      ...(JSON.parse(linesOf(exported)[0]!) as object),
      key: null,
    });
  });

  it('goes on as the first book would', async () => {
    const copy = await newBook();
    await importInto(copy, exported);
    const again = await copy.command('admit-member', {
      organization: 'csto',
      member: 'armenia',
      effective: '2003',
    });
    expect([again.status, again.json.code]).toEqual([409, 'already-member']);
    expect(await copy.given(['register-source', { source: 'next', title: 'x' }])).toBe(book.head + 1);
  });

  it('tells how far it is, and is done when it says so', async () => {
    const large = await newBook();
    await large.lines(sources(2_500), '', { headers: { 'idempotency-key': 'unused' } });
    const copy = await newBook();
    const { results } = await importInto(copy, (await exportOf(large)).text);
    expect(results).toEqual([
      { line: 1_001, status: 202, entry: 1_000 },
      { line: 2_001, status: 202, entry: 2_000 },
      { line: 2_501, status: 201, entry: 2_500 },
    ]);
    expect(copy.head).toBe(2_500);
    expect(copy.server.book.ledger.head().leaf).toEqual(large.server.book.ledger.head().leaf);
  });

  it('may be of an empty book', async () => {
    const [first, second] = [await newBook(), await newBook()];
    expect((await importInto(second, (await exportOf(first)).text)).results).toEqual([
      { line: 1, status: 200, entry: 0 },
    ]);
  });
});

describeEmbedded(TAKES_NO_BOOK, 'who may not, and where not', () => {
  it.each(['reader', 'recorder', 'auditor'] as const)('a key with the role %s', async (role) => {
    const empty = await newBook();
    const { status, text } = await importInto(empty, exported, empty.key(role));
    expect([status, JSON.parse(text).code]).toEqual([403, 'forbidden']);
    expect(empty.head).toBe(0);
  });

  it('a book with anything in it', async () => {
    const { status, headers, text } = await importInto(book, exported);
    expect(status).toBe(409);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const { type, detail } = JSON.parse(text) as { type: string; detail: string };
    expect(type).toBe('/problems/book-not-empty');
    expect(detail).toContain(`${csto.length} entries`);
    expect((await book.get(type)).status).toBe(200);
    expect(book.head).toBe(csto.length);
  });

  it('also if the first line comes when the answer has begun', async () => {
    const { sent, response } = openLines(book);
    const answer = await response; // before a line was sent
    sent.end(exported);
    const [result] = await resultsOf(answer);
    expect(result).toMatchObject({ line: 1, status: 409, code: 'book-not-empty' });
  });

  it('and whoever sends much is told all the same', async () => {
    const body = exported + `${linesOf(exported)[1]!}\n`.repeat(50_000); // about 30 MB
    const { status, json } = await book.send('/commands', body, {
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect([status, json.code]).toEqual([409, 'book-not-empty']);
    const empty = await newBook();
    const answer = await empty.send('/commands', body, {
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect(JSON.parse(answer.text)).toMatchObject({ line: csto.length + 2, code: 'invalid-export' });
  });
});

function openLines(server: TestServer) {
  const sent = request(new URL('/commands', server.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key()}`, 'content-type': 'application/x-ndjson' },
  });
  sent.flushHeaders();
  return { sent, response: once(sent, 'response').then(([answer]) => answer as IncomingMessage) };
}

async function resultsOf(answer: IncomingMessage): Promise<object[]> {
  const results: object[] = [];
  for await (const line of createInterface({ input: answer })) results.push(JSON.parse(line) as object);
  return results;
}

describeEmbedded(TAKES_NO_BOOK, 'an export that was tampered with', () => {
  let empty: TestServer;
  beforeAll(async () => {
    empty = await startTestServer();
  });

  /** Lines of the export, of which one is changed. */
  const changed = (line: number, change: (text: string) => string): string[] =>
    linesOf(exported).map((text, index) => (index === line - 1 ? change(text) : text));
  const header = (change: (text: string) => string): string[] => changed(1, change);
  const last = csto.length + 1;

  it.each<[what: string, line: number, lines: () => string[]]>([
    ['a word was changed', 4, () => changed(4, (text) => text.replace(/"(name|title)":"./, '"$1":"#'))],
    [
      'who recorded it was changed',
      5,
      () => changed(5, (text) => text.replace('"actor":"admin"', '"actor":"nobody"')),
    ],
    [
      'when it was recorded was changed',
      6,
      () => changed(6, (text) => text.replace(/"recordedAt":"\d/, '"recordedAt":"1')),
    ],
    ['a line is missing', 7, () => linesOf(exported).toSpliced(6, 1)],
    ['a line comes twice', 8, () => linesOf(exported).toSpliced(6, 0, linesOf(exported)[6]!)],
    [
      'two lines were exchanged',
      3,
      () => linesOf(exported).toSpliced(2, 2, linesOf(exported)[3]!, linesOf(exported)[2]!),
    ],
    ['a line is blank', 9, () => linesOf(exported).toSpliced(8, 0, '')],
    ['the last line is missing', last, () => linesOf(exported).slice(0, -1)],
    ['there is a line too many', last + 1, () => [...linesOf(exported), '{"command":"x","data":{}}']],
    ['it is spelled in another way', 10, () => changed(10, (text) => ` ${text}`)],
    ['it is no JSON', 2, () => changed(2, () => 'nonsense')],
    ['it is no UTF-8', 2, () => changed(2, (text) => text.replace('"data":{"', '"data":{"\ud800'))],
    [
      'it is of a kind that is not known',
      2,
      () => changed(2, (text) => text.replace('"stream":"source-', '"stream":"sauce-')),
    ],
    [
      'it is of a type that is not known',
      2,
      () => changed(2, (text) => text.replace('"type":"Source', '"type":"Sauce')),
    ],
    ['another version', 1, () => header((text) => text.replace('"v":1', '"v":2'))],
    [
      'more entries are promised',
      last + 1,
      () => header((text) => text.replace(/"entries":\d+/, '"entries":99')),
    ],
    [
      'fewer entries are promised',
      last,
      () => header((text) => text.replace(/"entries":\d+/, `"entries":${csto.length - 1}`)),
    ],
    ['another root is promised', 1, () => header((text) => text.replace(/"root":"./, '"root":"#'))],
  ])('is refused and leaves nothing: %s, line %i', async (_, line, lines) => {
    const { results } = await empty.lines(lines());
    expect(results).toEqual([
      { line, status: 422, code: 'invalid-export', detail: expect.stringMatching(/^\S.*\.$/) },
    ]);
    expect(empty.head).toBe(0);
  });

  it('but for all of that the book is as if it had never been tried', async () => {
    expect((await importInto(empty, exported)).results).toMatchObject([{ status: 201 }]);
    expect(await answersOf(empty)).toEqual(await answersOf(book));
  });
});

describeEmbedded(TAKES_NO_BOOK, 'while a book is imported', () => {
  it('commands are told to come again, and reading goes on', async () => {
    const copy = await newBook();
    const lines = linesOf(exported);
    const { sent, response } = openLines(copy);
    sent.write(`${lines.slice(0, 5).join('\n')}\n`);
    const answer = await response;
    const refused = await copy.command('register-source', { source: 'between', title: 'x' });
    expect([refused.status, refused.json.code]).toEqual([503, 'busy']);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await copy.get('/events')).json.items).toEqual([]);
    const second = await importInto(copy, exported);
    expect(second.results).toMatchObject([{ line: 1, status: 503, code: 'busy' }]);
    sent.end(lines.slice(5).join('\n'));
    expect(await resultsOf(answer)).toMatchObject([{ status: 201 }]);
    expect(copy.head).toBe(csto.length);
  });

  it('somebody who hangs up leaves nothing', async () => {
    const copy = await newBook();
    const { sent, response } = openLines(copy);
    sent.on('error', () => undefined);
    sent.write(`${linesOf(exported).slice(0, 8).join('\n')}\n`);
    await response;
    sent.destroy();
    let answer: Answer;
    do answer = await copy.command('register-source', { source: 'after', title: 'x' });
    while (answer.status === 503);
    expect(answer.json).toMatchObject({ entry: 1, revision: 0 });
    expect(copy.head).toBe(1);
  });
});

describeEmbedded(TAKES_NO_BOOK, 'a long book', () => {
  it('goes out and comes in without being held in memory', async () => {
    const MIB = 1024 * 1024;
    const [entries, note] = [6_000, 'n'.repeat(20_000)];
    const directory = temporaryDirectory();
    const writer = new LedgerWriter(join(directory, 'ledger.db'));
    for (let n = 0; n < entries; n++) {
      const asked = append(`source-s${n}`, -1);
      const data = canonicalJson({ note, source: `s${n}`, title: 'Long' });
      const events = asked.events.map((event) => ({ ...event, type: 'SourceRegistered', data }));
      writer.commit([{ ...asked, events }]);
    }
    writer.close();
    const large = await startTestServer({ directory });
    made.push(large);
    const copy = await newBook();

    const base = heldMemory();
    // Out of one server and into the other, both of this process.
    const out = get(new URL('/events', large.url), { headers: NDJSON });
    const [going] = (await once(out, 'response')) as [IncomingMessage];
    const { sent, response } = openLines(copy);
    going.pipe(sent);
    let most = 0;
    for await (const result of createInterface({ input: await response })) {
      expect(result).toContain('"status":20');
      most = Math.max(most, heldMemory() - base);
    }
    expect(copy.head).toBe(entries);
    expect(copy.server.book.ledger.head().leaf).toEqual(large.server.book.ledger.head().leaf);
    // The book weighs 120 MB; what is under way between threads is counted on both sides.
    expect(most).toBeLessThan(40 * MIB);
  }, 180_000);
});
