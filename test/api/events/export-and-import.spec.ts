import { once } from 'node:events';
import { get, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { canonicalJson } from '../../../src/json/canonical-json.js';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { createAppend } from '../../ledger/support/create-append.js';
import { cstoCommands } from '../../support/csto-commands.js';
import { describeEmbedded, IMPORT_UNSUPPORTED_REASON } from '../../support/embedded-or-cluster.js';
import { measureHeldMemory } from '../../support/memory-usage.js';
import {
  type TestResponse,
  cleanUp,
  type RequestHeaders,
  startTestServer,
  createTemporaryDirectory,
  type TestServer,
} from '../../support/test-server.js';

const NDJSON = { accept: 'application/x-ndjson' };
const getExport = (server: TestServer, headers: RequestHeaders = {}): Promise<TestResponse> =>
  server.get('/events', { ...NDJSON, ...headers });
const splitLines = (text: string): string[] => text.trimEnd().split('\n');
const sendExport = (server: TestServer, text: string, apiKey?: string) =>
  server.sendLines(splitLines(text), '', apiKey === undefined ? {} : { apiKey });
const createSourceCommands = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    command: 'register-source',
    data: { source: `s${n}`, title: `Source ${n}` },
  }));

/** Every answer that a client can compare. */
const ADDRESSES = [
  '/organizations?asOf=9',
  '/organizations/csto/members?on=2000-01-01&asOf=11',
  '/organizations/csto/members?on=2012-01-01&asOf=10',
  '/organizations/csto/membership-history?asOf=11',
  '/streams/membership-csto:uzbekistan?asOf=11',
  '/sources?asOf=5',
  '/events?limit=1000',
];
const getResponses = async (server: TestServer) => {
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
  await book.recordCommands(...cstoCommands);
  exported = (await getExport(book)).text;
});
afterAll(cleanUp);

const startedServers: TestServer[] = [];
async function startEmptyBook(): Promise<TestServer> {
  const server = await startTestServer();
  startedServers.push(server);
  return server;
}
afterEach(async () => {
  for (const server of startedServers.splice(0)) await server.close();
});

describe('an export', () => {
  it('has a header, then one entry per line', async () => {
    const { status, headers, text } = await getExport(book);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('vary')).toContain('Accept');
    const [header, ...entries] = splitLines(text).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(header).toEqual({
      entries: book.headEntry,
      export: 'minutebook',
      key: book.server.node.checkpoints.verifierKey,
      root: headers.get('ledger-root'),
      v: 1,
    });
    expect(headers.get('ledger-entry')).toBe(String(book.headEntry));
    const { items } = (await book.get('/events?limit=1000')).json;
    expect(entries.map(({ previous: _, ...shown }) => shown)).toEqual(items);
    for (const line of splitLines(text)) expect(line).toBe(canonicalJson(JSON.parse(line)));
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

  it('of an empty ledger is a header', async () => {
    const empty = await startEmptyBook();
    const [header, ...others] = splitLines((await getExport(empty)).text);
    expect(JSON.parse(header!)).toMatchObject({
      entries: 0,
      root: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', // SHA-256 of nothing (RFC 6962, section 2.1)
    });
    expect(others).toEqual([]);
  });

  it('needs the permission to read', async () => {
    const closed = await startTestServer({ READ_ACCESS: 'authenticated' });
    expect((await getExport(closed)).status).toBe(401);
    expect((await getExport(closed, { authorization: `Bearer ${closed.getKey('reader')}` })).status).toBe(
      200,
    );
  });

  it('ends at the head of its start, and does not delay other requests while a slow client reads it', async () => {
    const large = await startEmptyBook();
    await large.sendLines(createSourceCommands(3_000));
    const { headEntry } = large;
    const sent = get(new URL('/events', large.url), { headers: NDJSON });
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    await once(answer, 'readable'); // and not read any further
    await large.recordCommands(['register-source', { source: 'late', title: 'x' }]);
    expect((await large.get('/sources/late')).status).toBe(200);
    let lines = 0;
    for await (const line of createInterface({ input: answer })) if (line !== '') lines++;
    expect(lines).toBe(1 + headEntry);
  });
});

describe('the export of a stream', () => {
  it('has all of its entries between a header and a receipt', async () => {
    const stream = 'membership-csto:uzbekistan';
    const { status, headers, text } = await book.get(`/streams/${stream}`, NDJSON);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    const lines = splitLines(text);
    expect(lines[0]).toBe(
      canonicalJson({
        entries: 3,
        export: 'minutebook-stream',
        key: book.server.node.checkpoints.verifierKey,
        stream,
        v: 1,
      }),
    );
    const whole = splitLines(exported).filter((line) => line.includes(`"stream":"${stream}"`));
    expect(lines.slice(1, -1)).toEqual(whole);
    const { id } = JSON.parse(lines.at(-2)!) as { id: string };
    const proof = await book.get(`/proofs/inclusion/${id}.tlog-proof`);
    expect(lines.at(-1)).toBe(canonicalJson({ receipt: proof.text }));
  });

  it('is refused for a part of a stream and for an unknown stream', async () => {
    expect((await book.get('/streams/nothing-x', NDJSON)).status).toBe(404);
    expect((await book.get('/streams/membership-csto:uzbekistan?limit=1', NDJSON)).json.code).toBe(
      'unknown-parameter',
    );
  });
});

describeEmbedded(IMPORT_UNSUPPORTED_REASON, 'an export imported into an empty ledger', () => {
  it('gives the same ledger: entries, ids, times, leaf hashes, and every answer byte for byte', async () => {
    const copy = await startEmptyBook();
    const { status, headers, results } = await sendExport(copy, exported);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    expect(results).toEqual([{ line: book.headEntry + 1, status: 201, entry: book.headEntry }]);
    const before = await getResponses(book);
    expect(before.map(([, found]) => found)).toEqual(ADDRESSES.map(() => 200));
    expect(await getResponses(copy)).toEqual(before);

    const [header, ...entries] = splitLines((await getExport(copy)).text);
    expect(entries).toEqual(splitLines(exported).slice(1));
    // All but the key, which differs in each ledger.
    expect({ ...(JSON.parse(header!) as object), key: null }).toEqual({
      ...(JSON.parse(splitLines(exported)[0]!) as object),
      key: null,
    });
  });

  it('continues like the original ledger', async () => {
    const copy = await startEmptyBook();
    await sendExport(copy, exported);
    const again = await copy.sendCommand('admit-member', {
      organization: 'csto',
      member: 'armenia',
      effective: '2003',
    });
    expect([again.status, again.json.code]).toEqual([409, 'already-member']);
    expect(await copy.recordCommands(['register-source', { source: 'next', title: 'x' }])).toBe(
      book.headEntry + 1,
    );
  });

  it('reports progress, and is durable when it reports the end', async () => {
    const large = await startEmptyBook();
    await large.sendLines(createSourceCommands(2_500), '', { headers: { 'idempotency-key': 'unused' } });
    const copy = await startEmptyBook();
    const { results } = await sendExport(copy, (await getExport(large)).text);
    expect(results).toEqual([
      { line: 1_001, status: 202, entry: 1_000 },
      { line: 2_001, status: 202, entry: 2_000 },
      { line: 2_501, status: 201, entry: 2_500 },
    ]);
    expect(copy.headEntry).toBe(2_500);
    expect(copy.server.node.ledger.getHead().leaf).toEqual(large.server.node.ledger.getHead().leaf);
  });

  it('may be of an empty ledger', async () => {
    const [first, second] = [await startEmptyBook(), await startEmptyBook()];
    expect((await sendExport(second, (await getExport(first)).text)).results).toEqual([
      { line: 1, status: 200, entry: 0 },
    ]);
  });
});

describeEmbedded(IMPORT_UNSUPPORTED_REASON, 'an import is refused', () => {
  it.each(['reader', 'recorder', 'auditor'] as const)('with a key of the role %s', async (role) => {
    const empty = await startEmptyBook();
    const { status, text } = await sendExport(empty, exported, empty.getKey(role));
    expect([status, JSON.parse(text).code]).toEqual([403, 'forbidden']);
    expect(empty.headEntry).toBe(0);
  });

  it('into a ledger that is not empty', async () => {
    const { status, headers, text } = await sendExport(book, exported);
    expect(status).toBe(409);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const { type, detail } = JSON.parse(text) as { type: string; detail: string };
    expect(type).toBe('/problems/book-not-empty');
    expect(detail).toContain(`${cstoCommands.length} entries`);
    expect((await book.get(type)).status).toBe(200);
    expect(book.headEntry).toBe(cstoCommands.length);
  });

  it('also when the first line arrives after the response has begun', async () => {
    const { sent, response } = openNdjsonRequest(book);
    const answer = await response; // before a line was sent
    sent.end(exported);
    const [result] = await readResults(answer);
    expect(result).toMatchObject({ line: 1, status: 409, code: 'book-not-empty' });
  });

  it('also while the client is sending', async () => {
    const body = exported + `${splitLines(exported)[1]!}\n`.repeat(50_000); // about 30 MB
    const { status, json } = await book.send('/commands', body, {
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect([status, json.code]).toEqual([409, 'book-not-empty']);
    const empty = await startEmptyBook();
    const answer = await empty.send('/commands', body, {
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect(JSON.parse(answer.text)).toMatchObject({ line: cstoCommands.length + 2, code: 'invalid-export' });
  });
});

function openNdjsonRequest(server: TestServer) {
  const sent = request(new URL('/commands', server.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${server.getKey()}`, 'content-type': 'application/x-ndjson' },
  });
  sent.flushHeaders();
  return { sent, response: once(sent, 'response').then(([answer]) => answer as IncomingMessage) };
}

async function readResults(answer: IncomingMessage): Promise<object[]> {
  const results: object[] = [];
  for await (const line of createInterface({ input: answer })) results.push(JSON.parse(line) as object);
  return results;
}

describeEmbedded(IMPORT_UNSUPPORTED_REASON, 'an altered export', () => {
  let empty: TestServer;
  beforeAll(async () => {
    empty = await startTestServer();
  });

  /** The lines of the export with one of them changed. */
  const changed = (line: number, change: (text: string) => string): string[] =>
    splitLines(exported).map((text, index) => (index === line - 1 ? change(text) : text));
  const header = (change: (text: string) => string): string[] => changed(1, change);
  const last = cstoCommands.length + 1;

  it.each<[what: string, line: number, lines: () => string[]]>([
    ['a text was changed', 4, () => changed(4, (text) => text.replace(/"(name|title)":"./, '"$1":"#'))],
    [
      'the actor was changed',
      5,
      () => changed(5, (text) => text.replace('"actor":"admin"', '"actor":"nobody"')),
    ],
    [
      'the recorded time was changed',
      6,
      () => changed(6, (text) => text.replace(/"recordedAt":"\d/, '"recordedAt":"1')),
    ],
    ['a line is missing', 7, () => splitLines(exported).toSpliced(6, 1)],
    ['a line is duplicated', 8, () => splitLines(exported).toSpliced(6, 0, splitLines(exported)[6]!)],
    [
      'two lines were exchanged',
      3,
      () => splitLines(exported).toSpliced(2, 2, splitLines(exported)[3]!, splitLines(exported)[2]!),
    ],
    ['a line is blank', 9, () => splitLines(exported).toSpliced(8, 0, '')],
    ['the last line is missing', last, () => splitLines(exported).slice(0, -1)],
    ['there is an additional line', last + 1, () => [...splitLines(exported), '{"command":"x","data":{}}']],
    ['a line is not canonical JSON', 10, () => changed(10, (text) => ` ${text}`)],
    ['a line is not JSON', 2, () => changed(2, () => 'nonsense')],
    ['a line is not UTF-8', 2, () => changed(2, (text) => text.replace('"data":{"', '"data":{"\ud800'))],
    [
      'the category of an event is unknown',
      2,
      () => changed(2, (text) => text.replace('"stream":"source-', '"stream":"sauce-')),
    ],
    [
      'the type of an event is unknown',
      2,
      () => changed(2, (text) => text.replace('"type":"Source', '"type":"Sauce')),
    ],
    ['another version', 1, () => header((text) => text.replace('"v":1', '"v":2'))],
    [
      'the header states more entries',
      last + 1,
      () => header((text) => text.replace(/"entries":\d+/, '"entries":99')),
    ],
    [
      'the header states fewer entries',
      last,
      () => header((text) => text.replace(/"entries":\d+/, `"entries":${cstoCommands.length - 1}`)),
    ],
    ['the header states another root', 1, () => header((text) => text.replace(/"root":"./, '"root":"#'))],
  ])('is refused and nothing is stored: %s, line %i', async (_, line, lines) => {
    const { results } = await empty.sendLines(lines());
    expect(results).toEqual([
      { line, status: 422, code: 'invalid-export', detail: expect.stringMatching(/^\S.*\.$/) },
    ]);
    expect(empty.headEntry).toBe(0);
  });

  it('leaves the ledger empty', async () => {
    expect((await sendExport(empty, exported)).results).toMatchObject([{ status: 201 }]);
    expect(await getResponses(empty)).toEqual(await getResponses(book));
  });
});

describeEmbedded(IMPORT_UNSUPPORTED_REASON, 'during an import', () => {
  it('commands are refused with Retry-After, and reads are answered', async () => {
    const copy = await startEmptyBook();
    const lines = splitLines(exported);
    const { sent, response } = openNdjsonRequest(copy);
    sent.write(`${lines.slice(0, 5).join('\n')}\n`);
    const answer = await response;
    const refused = await copy.sendCommand('register-source', { source: 'between', title: 'x' });
    expect([refused.status, refused.json.code]).toEqual([503, 'busy']);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await copy.get('/events')).json.items).toEqual([]);
    const second = await sendExport(copy, exported);
    expect(second.results).toMatchObject([{ line: 1, status: 503, code: 'busy' }]);
    sent.end(lines.slice(5).join('\n'));
    expect(await readResults(answer)).toMatchObject([{ status: 201 }]);
    expect(copy.headEntry).toBe(cstoCommands.length);
  });

  it('nothing is recorded when the client closes the connection', async () => {
    const copy = await startEmptyBook();
    const { sent, response } = openNdjsonRequest(copy);
    sent.on('error', () => undefined);
    sent.write(`${splitLines(exported).slice(0, 8).join('\n')}\n`);
    await response;
    sent.destroy();
    let answer: TestResponse;
    do answer = await copy.sendCommand('register-source', { source: 'after', title: 'x' });
    while (answer.status === 503);
    expect(answer.json).toMatchObject({ entry: 1, revision: 0 });
    expect(copy.headEntry).toBe(1);
  });
});

describeEmbedded(IMPORT_UNSUPPORTED_REASON, 'a large ledger', () => {
  it('is exported and imported without being held in memory', async () => {
    const MIB = 1024 * 1024;
    const [entries, note] = [6_000, 'n'.repeat(20_000)];
    const directory = createTemporaryDirectory();
    const writer = new LedgerWriter(join(directory, 'ledger.db'));
    for (let n = 0; n < entries; n++) {
      const append = createAppend(`source-s${n}`, -1);
      const data = canonicalJson({ note, source: `s${n}`, title: 'Long' });
      const events = append.events.map((event) => ({ ...event, type: 'SourceRegistered', data }));
      writer.commit([{ ...append, events }]);
    }
    writer.close();
    const large = await startTestServer({ directory });
    startedServers.push(large);
    const copy = await startEmptyBook();

    const base = measureHeldMemory();
    // From one server into another, both in this process.
    const out = get(new URL('/events', large.url), { headers: NDJSON });
    const [going] = (await once(out, 'response')) as [IncomingMessage];
    const { sent, response } = openNdjsonRequest(copy);
    going.pipe(sent);
    let most = 0;
    for await (const result of createInterface({ input: await response })) {
      expect(result).toContain('"status":20');
      most = Math.max(most, measureHeldMemory() - base);
    }
    expect(copy.headEntry).toBe(entries);
    expect(copy.server.node.ledger.getHead().leaf).toEqual(large.server.node.ledger.getHead().leaf);
    // The export has 120 MB; data in transfer between threads is counted on both sides.
    expect(most).toBeLessThan(40 * MIB);
  }, 180_000);
});
