import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { cstoCommands, registerState } from '../../support/csto-commands.js';
import { measureHeldMemory } from '../../support/memory-usage.js';
import { createLargePerson } from '../../support/large-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

const createSourceCommand = (id: string, more: object = {}) => ({
  command: 'register-source',
  data: { source: id, title: 'A report' },
  ...more,
});

/** A request whose lines are sent separately. */
function openNdjsonRequest(server: TestServer, query = '') {
  const sent = request(new URL(`/commands${query}`, server.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${server.getKey()}`, 'content-type': 'application/x-ndjson' },
  });
  sent.flushHeaders();
  return { sent, response: once(sent, 'response').then(([answer]) => answer as IncomingMessage) };
}

describe('NDJSON commands', () => {
  it('get one result per line, in order', async () => {
    const answer = await book.sendLines([
      createSourceCommand('l1'),
      createSourceCommand('l2'),
      createSourceCommand('l1'),
    ]);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    expect(answer.results).toEqual([
      { line: 1, status: 201, entry: book.headEntry - 1 },
      { line: 2, status: 201, entry: book.headEntry },
      { line: 3, status: 200, entry: book.headEntry - 1 },
    ]);
    expect((await book.get('/sources/l2')).status).toBe(200);
  });

  it('are answered while further lines arrive', async () => {
    const { sent, response } = openNdjsonRequest(book);
    const answer = await response; // before a line was sent
    const results = createInterface({ input: answer })[Symbol.asyncIterator]();
    for (const id of ['w1', 'w2', 'w3']) {
      sent.write(`${JSON.stringify(createSourceCommand(id))}\n`);
      const result = JSON.parse((await results.next()).value as string) as object;
      expect(result).toMatchObject({ status: 201 });
      expect((await book.get(`/streams/source-${id}`)).status).toBe(200);
    }
    sent.end();
    expect((await results.next()).done).toBe(true);
  });

  it('count blank lines, and may end in CRLF or without a newline', async () => {
    const body = `\r\n${JSON.stringify(createSourceCommand('c1'))}\r\n\n \t\n${JSON.stringify(createSourceCommand('c2'))}`;
    const { text } = await book.send('/commands', body, {
      headers: { 'content-type': 'application/x-ndjson' },
    });
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { line: number; status: number });
    expect(lines.map(({ line, status }) => [line, status])).toEqual([[2, 201], [5, 201]]); // prettier-ignore
  });

  it('may begin with a byte order mark, which is in no line', async () => {
    const lines = [createSourceCommand('bom1'), createSourceCommand('bom2')].map((line) =>
      JSON.stringify(line),
    );
    const { results } = await book.sendLines([`\ufeff${lines[0]}`, lines[1]]);
    expect(results).toMatchObject([
      { line: 1, status: 201 },
      { line: 2, status: 201 },
    ]);
    expect((await book.sendLines(['\ufeff'])).results).toEqual([]);
  });

  it('may be empty', async () => {
    expect((await book.sendLines([])).text).toBe('');
  });

  it('fail independently of each other', async () => {
    const { results } = await book.sendLines([
      createSourceCommand('f1'),
      '{ no JSON',
      '[]',
      { command: 'register-source' },
      { command: 'nope', data: {} },
      { command: 'register-source', data: { source: 'f1', title: 'Other words' } },
      { command: 'register-source', data: { source: 'f2' } },
      { command: 'admit-member', data: { organization: 'csto', member: 'atlantis', effective: '2001' } },
      createSourceCommand('f3', { colour: 'red' }),
      createSourceCommand('f3', { idempotencyKey: 'a b' }),
      '{"command":"register-source","data":{"source":"f4","title":"b","title":"c"}}',
      createSourceCommand('f5'),
    ]);
    expect(results.map(({ line, status, code }) => [line, status, code])).toEqual([
      [1, 201, undefined],
      [2, 400, 'invalid-json'],
      [3, 422, 'invalid-value'],
      [4, 422, 'missing-field'],
      [5, 404, 'unknown-command'],
      [6, 409, 'id-taken'],
      [7, 422, 'missing-field'],
      [8, 422, 'unknown-reference'],
      [9, 422, 'unknown-field'],
      [10, 422, 'invalid-value'],
      [11, 400, 'invalid-json'],
      [12, 201, undefined],
    ]);
    for (const { status, detail, entry } of results)
      if (status < 300) expect(entry).toBeGreaterThan(0);
      else expect([typeof detail, entry]).toEqual(['string', undefined]);
  });

  it('stop at the first failure with onError=stop, and record nothing after it', async () => {
    const many = Array.from({ length: 3_000 }, (_, n) => createSourceCommand(`after-${n}`));
    const { results } = await book.sendLines([createSourceCommand('s1'), '{', ...many], '?onError=stop');
    expect(results.map(({ line, status }) => [line, status])).toEqual([[1, 201], [2, 400]]); // prettier-ignore
    expect((await book.get('/sources/after-0')).status).toBe(404);
  });

  it('refuse any other value of onError', async () => {
    const answer = await book.sendLines([createSourceCommand('n1')], '?onError=ignore');
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([422, 'invalid-value']);
    expect((await book.get('/sources/n1')).status).toBe(404);
  });

  it('are decided on the state that the lines before them leave', async () => {
    const { results } = await book.sendLines([
      {
        command: registerState('ruritania', 'Ruritania')[0],
        data: registerState('ruritania', 'Ruritania')[1],
      },
      { command: 'admit-member', data: { organization: 'csto', member: 'ruritania', effective: '2001' } },
      { command: 'admit-member', data: { organization: 'csto', member: 'ruritania', effective: '2005' } },
      { command: 'correct-fact', data: { fact: 'membership-csto:ruritania@0', with: { organization: 'csto', member: 'ruritania', effective: '2002' }, reason: 'misread' } }, // prettier-ignore
      { command: 'retract-fact', data: { fact: 'membership-csto:ruritania@0', reason: 'never' } },
      { command: 'admit-member', data: { organization: 'csto', member: 'ruritania', effective: '2005' } },
    ]);
    expect(results.map(({ status, code }) => code ?? status)).toEqual([
      201,
      201,
      'already-member',
      201,
      201,
      201,
    ]);
  });

  it('have at most 512 KiB each', async () => {
    const { results } = await book.sendLines([
      { command: 'register-person', data: createLargePerson('big-1', 512 * 1024) },
      { command: 'register-person', data: createLargePerson('big-2', 511 * 1024) },
    ]);
    expect(results.map(({ status, code }) => code ?? status)).toEqual(['too-large', 201]);
    expect(results[0].status).toBe(413);
  });

  it('are safe to send again with idempotency keys', async () => {
    const lines = [
      createSourceCommand('k1', { idempotencyKey: 'line-1' }),
      createSourceCommand('k2', { idempotencyKey: 'line-2' }),
    ];
    const first = await book.sendLines(lines);
    const head = book.headEntry;
    const again = await book.sendLines(lines);
    expect(again.results).toEqual(first.results.map((result) => ({ ...result, status: 200 })));
    expect(book.headEntry).toBe(head);
    const other = await book.sendLines([createSourceCommand('k3', { idempotencyKey: 'line-1' })]);
    expect(other.results[0]).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
  });

  it('are recorded as far as they arrived when the client closes the connection', async () => {
    const { sent, response } = openNdjsonRequest(book);
    sent.write(`${JSON.stringify(createSourceCommand('h1'))}\n`);
    const answer = await response;
    await once(answer, 'data');
    sent.destroy();
    await once(sent, 'close');
    const recorded = { 'ledger-entry': String(book.headEntry) };
    expect((await book.get('/sources/h1', recorded)).status).toBe(200);
    expect((await book.sendLines([createSourceCommand('h2')])).results).toMatchObject([{ status: 201 }]);
  });
});

describe('recordedAt', () => {
  it('is accepted from admins, never decreases and is never in the future', async () => {
    const old = await startTestServer();
    const at = (id: string, recordedAt: unknown) => createSourceCommand(id, { recordedAt });
    const future = new Date(Date.now() + 3_600_000).toISOString();
    const { results } = await old.sendLines([
      at('a', '1992-05-15T12:00:00+03:00'),
      at('b', '1991-01-01T00:00:00Z'),
      at('c', '1992-05-15T09:00:00Z'),
      at('d', future),
      at('e', '1993'),
      at('f', 5),
      at('g', '1994-02-30T00:00:00Z'),
      at('h', '1994-01-01T00:00:00Z'),
      createSourceCommand('i'),
      at('j', '1995-01-01T00:00:00Z'),
    ]);
    expect(results.map(({ status, code }) => code ?? status)).toEqual([
      201,
      'invalid-value',
      201,
      'invalid-value',
      'invalid-value',
      'invalid-value',
      'invalid-value',
      201,
      201,
      'invalid-value',
    ]);
    const { items } = (await old.get('/events')).json;
    expect(items.map(({ recordedAt }: { recordedAt: string }) => recordedAt).slice(0, 3)).toEqual([
      '1992-05-15T09:00:00.000Z',
      '1992-05-15T09:00:00.000Z',
      '1994-01-01T00:00:00.000Z',
    ]);
    // The state as of a time includes the entry that was recorded at that time.
    const asOf = async (instant: string) =>
      (await old.get(`/sources?asOf=${encodeURIComponent(instant)}`)).json.entry as number;
    expect(await asOf('1992-05-15T08:59:59Z')).toBe(0);
    expect(await asOf('1992-05-15T09:00:00Z')).toBe(2);
    expect(await asOf('1992-05-15T12:00:00+03:00')).toBe(2);
    expect(await asOf('1993-12-31T23:59:59.999Z')).toBe(2);
    expect(await asOf('1994-01-01T00:00:00Z')).toBe(3);

    const others = await old.sendLines([at('z', '2000-01-01T00:00:00Z'), createSourceCommand('y')], '', {
      apiKey: old.getKey('recorder'),
    });
    expect(others.results.map(({ status, code }) => code ?? status)).toEqual(['forbidden', 201]);
  });

  it('is refused outside of NDJSON commands', async () => {
    const data = { source: 'r1', title: 'x', recordedAt: '1992-05-15T09:00:00Z' };
    expect((await book.sendCommand('register-source', data)).json.code).toBe('unknown-field');
    const group = JSON.stringify([{ ...createSourceCommand('r1'), recordedAt: '1992-05-15T09:00:00Z' }]);
    expect((await book.send('/commands', group)).json.code).toBe('unknown-field');
  });
});

describe('fifty thousand lines', () => {
  it('are processed without being held in memory', async () => {
    const [lines, note] = [50_000, 'n'.repeat(1_000)];
    // All of one stream, where only the first is new, and every tenth a new event of another stream.
    const line = (n: number) =>
      n % 10 === 0
        ? {
            command: 'rename-organization',
            data: { organization: `o${n % 7}`, name: `N${n}`, effective: '2001', note },
          }
        : createSourceCommand('treaty', { data: { ...cstoCommands[0]?.[1], note } });
    const large = await startTestServer();
    await large.recordCommands(...Array.from({ length: 7 }, (_, n) => registerState(`o${n}`, 'O')));
    await large.recordCommands(['register-source', { ...cstoCommands[0]?.[1], note }]);

    const { sent, response } = openNdjsonRequest(large);
    const body = Readable.from(
      (function* () {
        for (let n = 0; n < lines; n++) yield `${JSON.stringify(line(n))}\n`;
      })(),
    );
    body.pipe(sent);
    let [seen, failed, base, most] = [0, 0, 0, 0];
    for await (const result of createInterface({ input: await response })) {
      seen++;
      if (result.includes('code')) failed++;
      if (seen === 5_000) base = measureHeldMemory();
      else if (seen % 15_000 === 0) most = Math.max(most, measureHeldMemory() - base);
    }
    expect([seen, failed]).toEqual([lines, 0]);
    expect(large.headEntry).toBe(8 + lines / 10);
    // The lines have 55 MB. A cluster append that retained the appends it depended on exceeded this limit with 13 MB.
    expect(most).toBeLessThan(8 * 1024 * 1024);
  }, 180_000);
});
