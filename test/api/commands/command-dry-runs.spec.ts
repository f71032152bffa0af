import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { cstoCommands, registerState } from '../../support/csto-commands.js';
import { cleanUp, startTestServer, type TestResponse, type TestServer } from '../../support/test-server.js';
import { expectRefusedCommand } from '../support/expect-problem.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

const registerSource = (source: string, more: object = {}) => ({
  command: 'register-source',
  data: { source, title: 'A report' },
  ...more,
});
const admit = (member: string, effective: string) => ({
  command: 'admit-member',
  data: { organization: 'csto', member, effective },
});
const register = (id: string) => {
  const [command, data] = registerState(id, id);
  return { command, data };
};

/** Sends a request and expects that it records nothing. */
async function sendCheck<T extends TestResponse>(send: () => Promise<T>): Promise<T> {
  const head = book.headEntry;
  const answer = await send();
  expect(book.headEntry).toBe(head);
  expect((await book.get('/events?after=0&limit=1000')).json.entry).toBe(head);
  return answer;
}
const checkOne = (name: string, data: unknown, posting = {}) =>
  sendCheck(() => book.send(`/commands/${name}?check=true`, JSON.stringify(data), posting));
const checkGroup = (...members: readonly object[]) =>
  sendCheck(() => book.send('/commands?check=true', JSON.stringify(members)));
const checkLines = (lines: readonly unknown[], query = '') =>
  sendCheck(() => book.sendLines(lines, `?check=true${query}`));

describe('a check of one command', () => {
  it('answers 200 with what would be recorded and no entry, and records nothing', async () => {
    const answer = await checkOne('register-source', { source: 'c1', title: 'A report' });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      stream: 'source-c1',
      revision: 0,
      events: [{ type: 'SourceRegistered' }],
    });
    expect(answer.headers.get('ledger-entry')).toBe(String(book.headEntry));
    expect(answer.headers.get('location')).toBeNull();
    expect((await book.get('/sources/c1')).status).toBe(404);
    expect((await book.get('/streams/source-c1')).status).toBe(404);
  });

  it('has no events for what the book says already', async () => {
    const [name, data] = cstoCommands[0] as [string, object];
    const { status, json } = await checkOne(name, data);
    expect([status, json.events]).toEqual([200, []]);
  });

  it.each([
    ['a missing field', 'register-source', { source: 'c2' }, 422, 'missing-field'],
    ['an unknown reference', 'admit-member', admit('atlantis', '2001').data, 422, 'unknown-reference'],
    ['a rule of the domain', 'register-source', { source: 'treaty', title: 'Another' }, 409, 'id-taken'],
    ['an unknown command', 'register-sauce', {}, 404, 'unknown-command'],
  ])('is refused as the command is: %s', async (_, name, data, status, code) => {
    const refused = await expectRefusedCommand(book, () => book.sendCommand(name, data), status, code);
    const checked = await checkOne(name, data);
    expect(checked.status).toBe(status);
    expect(checked.json).toEqual({ ...refused.json, instance: checked.json.instance });
  });

  it('judges the conditions of the request', async () => {
    const stale = await checkOne('register-source', registerSource('c3').data, {
      headers: { 'if-match': '"7"' },
    });
    expect([stale.status, stale.json.code]).toEqual([412, 'wrong-revision']);
  });

  it('uses up no idempotency key, and knows those that are used up', async () => {
    const posting = { headers: { 'idempotency-key': 'check-1' } };
    await checkOne('register-source', registerSource('c4').data, posting);
    const recorded = await book.sendCommand('register-source', registerSource('c5').data, posting);
    expect(recorded.status).toBe(201);
    const again = await checkOne('register-source', registerSource('c5').data, posting);
    expect([again.status, again.json.events]).toEqual([200, []]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await checkOne('register-source', registerSource('c6').data, posting);
    expect(other.json.code).toBe('idempotency-key-reused');
  });

  it('needs a key that may record', async () => {
    const anonymous = await checkOne('register-source', {}, { apiKey: '' });
    const reader = await checkOne('register-source', {}, { apiKey: book.getKey('reader') });
    expect([anonymous.status, reader.status]).toEqual([401, 403]);
  });

  it.each(['?check=yes', '?check', '?chek=true', '?dryRun=true', '?check=true&check=true'])(
    'is not mistaken for a command to record when it is misspelled: %s',
    async (query) => {
      for (const path of [`/commands/register-source${query}`, `/commands${query}`]) {
        const body = path.includes('source') ? registerSource('c7').data : [registerSource('c7')];
        expect((await sendCheck(() => book.send(path, JSON.stringify(body)))).status).toBe(422);
      }
    },
  );
});

describe('a check of a group', () => {
  it('answers with the events of all its members', async () => {
    const rename = { organization: 'c8', name: 'Other', effective: '2001' };
    const group = [register('c8'), { command: 'rename-organization', data: rename }];
    const { status, json } = await checkGroup(...group);
    expect(status).toBe(200);
    expect(json).toEqual({
      stream: 'organization-c8',
      revision: 1,
      events: [{ type: 'OrganizationRegistered' }, { type: 'OrganizationRenamed' }],
    });
  });

  it('points to the member that is refused', async () => {
    const { status, json } = await checkGroup(register('c9'), {
      command: 'rename-organization',
      data: { organization: 'c9', effective: '2001' },
    });
    expect([status, json.errors[0].pointer]).toEqual([422, '/1/data/name']);
  });
});

describe('a check of lines', () => {
  it('judges each line on the lines before it, and gives the status that it would have', async () => {
    const lines = [
      register('ruritania'),
      admit('ruritania', '2001'),
      admit('ruritania', '2005'),
      admit('atlantis', '2001'),
      { command: 'correct-fact', data: { fact: 'membership-csto:ruritania@0', with: admit('ruritania', '2002').data, reason: 'misread' } }, // prettier-ignore
      { command: 'retract-fact', data: { fact: 'membership-csto:ruritania@0', reason: 'never' } },
      admit('ruritania', '2005'),
      register('ruritania'),
      '{ no JSON',
      { command: 'register-source', data: { source: 'X', title: 5 } },
    ];
    const { status, headers, results } = await checkLines(lines);
    expect([status, headers.get('ledger-entry')]).toEqual([200, String(book.headEntry)]);
    expect(results.map(({ line, status, code }) => [line, code ?? status])).toEqual([
      [1, 201],
      [2, 201],
      [3, 'already-member'],
      [4, 'unknown-reference'],
      [5, 201],
      [6, 201],
      [7, 201],
      [8, 200],
      [9, 'invalid-json'],
      [10, 'invalid-id'],
    ]);
    for (const result of results) expect(result).not.toHaveProperty('entry');
    expect(results[9].errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/source', '/title']); // prettier-ignore
    const recorded = await book.sendLines(lines);
    expect(recorded.results.map(({ entry: _, ...result }) => result as unknown)).toEqual(results);
  });

  it('names lines whose recordedAt is before that of the entry or of the line before', async () => {
    const { results } = await checkLines([
      registerSource('t1', { recordedAt: '1992-05-15T00:00:00Z' }),
      registerSource('t2', { recordedAt: new Date().toISOString() }),
      registerSource('t3', { recordedAt: book.server.node.ledger.getHead().recordedAt }),
    ]);
    expect(results.map(({ status, code }) => code ?? status)).toEqual([
      'invalid-value',
      201,
      'invalid-value',
    ]);
    expect(results[0].errors).toMatchObject([{ pointer: '/recordedAt' }]);
  });

  it('stops at the first refusal with onError=stop', async () => {
    const { results } = await checkLines([registerSource('t4'), '{', registerSource('t5')], '&onError=stop');
    expect(results.map(({ line, status }) => [line, status])).toEqual([[1, 201], [2, 400]]); // prettier-ignore
  });

  it('answers repeated idempotency keys as the import would', async () => {
    const keyed = (id: string, idempotencyKey: string) => registerSource(id, { idempotencyKey });
    const { results } = await checkLines([
      keyed('i1', 'a'),
      keyed('i1', 'a'),
      keyed('i2', 'a'),
      keyed('i1', 'b'),
      keyed('i3', 'b'),
    ]);
    expect(results.map(({ status, code }) => code ?? status)).toEqual([
      201,
      200,
      'idempotency-key-reused',
      200,
      'idempotency-key-reused',
    ]);
  });

  it('is not disturbed by what is recorded meanwhile', async () => {
    const { handler, entry, close } = book.server.node.commandHandler.openDryRun();
    const sender = { actor: 'clerk', correlationId: 'c' };
    await book.recordCommands(['register-source', registerSource('w1').data]);
    expect(await handler.handle(registerSource('w1'), sender)).toMatchObject({ entry: entry + 1 });
    expect(await handler.handle(registerSource('w1'), sender)).toMatchObject({
      entry: entry + 1,
      events: [],
    });
    await close();
    expect((await book.get('/sources/w1')).status).toBe(200);
  });

  it('refuses an export, which is checked by an audit', async () => {
    const book2 = await startTestServer();
    const { text } = await book.get('/events', { accept: 'application/x-ndjson' });
    const refused = await book2.sendLines(text.split('\n'), '?check=true');
    expect(refused.text).toMatch(/minutebook audit/);
    expect(book2.headEntry).toBe(0);
  });
});

it('a client has a bounded number of checks open', async () => {
  const pending = Array.from({ length: 8 }, () => {
    const sent = request(new URL('/commands?check=true', book.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${book.getKey()}`, 'content-type': 'application/x-ndjson' },
    });
    sent.flushHeaders();
    return { sent, response: once(sent, 'response') as Promise<[IncomingMessage]> };
  });
  for (const { response } of pending) expect((await response)[0].statusCode).toBe(200);
  const refused = await checkOne('register-source', registerSource('m1').data);
  expect([refused.status, refused.json.code]).toEqual([429, 'rate-limited']);
  for (const { sent, response } of pending) {
    sent.end();
    const [answer] = await response;
    await once(answer.resume(), 'end');
  }
  expect((await checkOne('register-source', registerSource('m1').data)).status).toBe(200);
});
