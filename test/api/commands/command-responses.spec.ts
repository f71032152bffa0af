import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { problems } from '../../../src/problems/problems.js';
import { cstoCommands, registerState } from '../../support/csto-commands.js';
import { type TestResponse, cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

/** A whole problem document of this code, at this address. */
function expectProblem(answer: TestResponse, status: number, code: string, instance: string): void {
  expect(answer.json).toMatchObject({
    type: `/problems/${code}`,
    title: problems[code]?.title,
    status,
    detail: expect.stringMatching(/\S/),
    instance,
    code,
  });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
}

/** Nothing of a refused command may stay. */
async function expectRefusal(
  send: () => Promise<TestResponse>,
  status: number,
  code: string,
): Promise<TestResponse> {
  const before = book.headEntry;
  const answer = await send();
  const path = answer.json.instance as string;
  expectProblem(answer, status, code, path);
  expect(book.headEntry).toBe(before);
  expect((await book.get('/events?after=0&limit=1000')).json.entry).toBe(before);
  return answer;
}

let used = 0;
const createId = () => `fresh-${++used}`;
const createSource = (id = createId(), more: object = {}) => ({ source: id, title: 'A report', ...more });

describe('a command that is obeyed', () => {
  it('is answered with what was recorded and where it is', async () => {
    const id = createId();
    const answer = await book.sendCommand('register-source', createSource(id));
    const { json, headers } = answer;
    expect(answer.status).toBe(201);
    expect(json).toEqual({
      stream: `source-${id}`,
      revision: 0,
      entry: book.headEntry,
      recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      events: [
        { id: expect.stringMatching(/^[0-9a-f-]{36}$/), type: 'SourceRegistered', entry: book.headEntry },
      ],
    });
    expect(headers.get('ledger-entry')).toBe(String(book.headEntry));
    expect(headers.get('etag')).toBe('"0"');
    expect(headers.get('location')).toBe(`/events/${json.events[0].id}`);
    expect(headers.get('idempotency-replayed')).toBeNull();
    expect(headers.get('ledger-behind')).toBeNull();
    const event = await book.get(headers.get('location') ?? '');
    expect(event.json).toMatchObject({
      entry: json.entry,
      stream: json.stream,
      revision: 0,
      type: 'SourceRegistered',
      recordedAt: json.recordedAt,
      data: createSource(id),
      metadata: { actor: 'admin', command: 'register-source' },
    });
  });

  it('can be read at once', async () => {
    for (let n = 0; n < 20; n++) {
      const id = createId();
      const { headers } = await book.sendCommand('register-source', createSource(id));
      const read = await book.get(`/sources/${id}`);
      expect(read.status).toBe(200);
      expect(Number(read.headers.get('ledger-entry'))).toBeGreaterThanOrEqual(
        Number(headers.get('ledger-entry')),
      );
    }
  });

  it('is answered as soon as it is durable if the client prefers so', async () => {
    const answer = await book.sendCommand('register-source', createSource(), {
      headers: { prefer: 'respond-async, wait=10' },
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('preference-applied')).toBe('respond-async');
    expect(answer.json.events).toHaveLength(1);
    expect((await book.get(answer.headers.get('location') ?? '')).status).toBe(200);
  });

  it('records nothing when it was said already', async () => {
    const data = createSource();
    const first = await book.sendCommand('register-source', data);
    const head = book.headEntry;
    const second = await book.sendCommand('register-source', data);
    expect(second.status).toBe(200);
    expect(second.json).toEqual({ ...first.json, events: [] });
    expect(second.headers.get('etag')).toBe('"0"');
    expect(second.headers.get('ledger-entry')).toBe(first.headers.get('ledger-entry'));
    expect(second.headers.get('location')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBeNull();
    expect(book.headEntry).toBe(head);
  });

  it('is told by whom, in answer to what', async () => {
    const answer = await book.sendCommand('register-source', createSource(), {
      apiKey: book.getKey('recorder'),
      headers: { 'x-correlation-id': 'case-7' },
    });
    const { metadata } = (await book.get(`/events/${answer.json.events[0].id}`)).json;
    expect(metadata).toEqual({
      actor: 'recorder',
      command: 'register-source',
      correlationId: 'case-7',
      salt: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('keeps text as it was sent', async () => {
    const title = 'e\u0301 \u00e9 \u2028 \u{1F3DB} "\\ \t\n\r  <b> ';
    const { json } = await book.sendCommand('register-source', createSource(createId(), { title }));
    expect((await book.get(`/events/${json.events[0].id}`)).json.data.title).toBe(title);
  });

  it('may weigh 512 KiB', async () => {
    const data = createSource();
    const room = 512 * 1024 - Buffer.byteLength(JSON.stringify({ ...data, note: '' }));
    expect((await book.sendCommand('register-source', { ...data, note: 'n'.repeat(room) })).status).toBe(201);
    await expectRefusal(
      () => book.sendCommand('register-source', createSource(createId(), { note: 'n'.repeat(room + 9) })),
      413,
      'too-large',
    );
  });
});

describe('an Idempotency-Key', () => {
  const key = (value: string) => ({ headers: { 'idempotency-key': value } });

  it('gives the first answer again, also when the stream has moved on', async () => {
    const id = createId();
    const name = { organization: id, name: 'First', classification: 'state' };
    const first = await book.sendCommand('register-organization', name, key('once'));
    await book.sendCommand('rename-organization', { organization: id, name: 'Second', effective: '2001' });
    const head = book.headEntry;
    const again = await book.sendCommand('register-organization', name, key('once'));
    expect(first.status).toBe(201);
    expect(again.status).toBe(200);
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(book.headEntry).toBe(head);
  });

  it('records once however often it comes at the same time', async () => {
    const data = createSource();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => book.sendCommand('register-source', data, key('at-once'))),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await book.get(`/streams/source-${data.source}`)).json.items).toHaveLength(1);
  });

  it('makes a group safe to send again', async () => {
    const group = [
      ['register-source', createSource('grouped')],
      ['dispute-fact', { fact: 'source-grouped@0', claim: 'no' }],
    ] as const;
    // The second speaks of a fact that only the first records, so it is refused, and the key stays free.
    await expectRefusal(() => book.sendGroup(group, key('group')), 422, 'unknown-reference');
    const first = await book.sendGroup(group.slice(0, 1), key('group'));
    const again = await book.sendGroup(group.slice(0, 1), key('group'));
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.json).toEqual(first.json);
  });

  it('belongs to whoever used it', async () => {
    const [mine, yours] = [createSource(), createSource()];
    await book.sendCommand('register-source', mine, key('shared'));
    const other = await book.sendCommand('register-source', yours, {
      apiKey: book.getKey('recorder'),
      ...key('shared'),
    });
    expect(other.status).toBe(201);
  });

  it('is refused for another body', async () => {
    await book.sendCommand('register-source', createSource(), key('taken'));
    await expectRefusal(
      () => book.sendCommand('register-source', createSource(), key('taken')),
      422,
      'idempotency-key-reused',
    );
  });

  it('is not remembered for a command that was refused', async () => {
    await expectRefusal(
      () => book.sendCommand('register-source', { source: 'x' }, key('again')),
      422,
      'missing-field',
    );
    expect((await book.sendCommand('register-source', createSource(), key('again'))).status).toBe(201);
  });

  it.each(['', ' ', 'a b', 'x'.repeat(256), 'caf\u00e9'])('cannot be %j', async (value) => {
    await expectRefusal(
      () => book.sendCommand('register-source', createSource(), key(value)),
      422,
      'invalid-value',
    );
  });

  it('may have 255 characters', async () => {
    expect((await book.sendCommand('register-source', createSource(), key('~'.repeat(255)))).status).toBe(
      201,
    );
  });
});

describe('If-Match', () => {
  it('lets a command through at this revision only', async () => {
    const id = createId();
    await book.recordCommands(registerState(id, 'State'));
    const rename = (name: string, revision: string) =>
      book.sendCommand(
        'rename-organization',
        { organization: id, name, effective: '2001' },
        { headers: { 'if-match': revision } },
      );
    expect((await rename('One', '"0"')).headers.get('etag')).toBe('"1"');
    const late = await expectRefusal(() => rename('Two', '"0"'), 412, 'wrong-revision');
    expect(late.json.currentRevision).toBe(1);
    expect((await rename('Two', '"1"')).status).toBe(201);
  });

  it('names a revision of nothing', async () => {
    const answer = await expectRefusal(
      () => book.sendCommand('register-source', createSource(), { headers: { 'if-match': '"0"' } }),
      412,
      'wrong-revision',
    );
    expect(answer.json.currentRevision).toBeNull();
  });

  it.each(['0', '"x"', 'W/"0"', '*'])('cannot be %s', async (value) => {
    await expectRefusal(
      () => book.sendCommand('register-source', createSource(), { headers: { 'if-match': value } }),
      422,
      'invalid-value',
    );
  });
});

describe('a body that is not a JSON object in UTF-8', () => {
  const post = (body: string | Uint8Array, headers = {}) =>
    book.send('/commands/register-source', body, { headers });
  const whole = () => JSON.stringify(createSource());
  const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');

  it.each([
    ['nothing', ''],
    ['blanks', ' \n'],
    ['half of it', '{"source":"half"'],
    ['two values', '{"source":"a","title":"b"}{}'],
    ['a comment', '{"source":"a","title":"b"} // no'],
    ['a comma too many', '{"source":"a","title":"b",}'],
    ['single quotes', "{'source':'a','title':'b'}"],
    ['NaN', '{"source":"a","title":NaN}'],
    ['a newline in a text', '{"source":"a","title":"b\n"}'],
    ['a member twice', '{"source":"a","title":"b","title":"c"}'],
    ['a member twice, once escaped', '{"source":"a","title":"b","t\\u0069tle":"c"}'],
    ['a member twice, deep inside', '{"source":"a","title":"b","x":[{"y":{"z":1,"z":1}}]}'],
    ['__proto__', '{"source":"a","title":"b","__proto__":{"note":"c"}}'],
    ['__proto__, escaped', '{"source":"a","title":"b","\\u005f_proto__":1}'],
    ['__proto__, deep inside', '{"source":"a","title":"b","sources":[{"__proto__":{"source":"treaty"}}]}'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['a quarter of a million levels', `${'['.repeat(250_000)}${']'.repeat(250_000)}`],
    ['a byte order mark', '\uFEFF{"source":"a","title":"b"}'],
  ])('is refused: %s', async (_what, body) => {
    await expectRefusal(() => post(body), 400, 'invalid-json');
  });

  it.each([
    ['a byte that begins nothing', Buffer.from('{"source":"a","title":"b\xff"}', 'latin1')],
    ['an overlong form', Buffer.from('{"source":"a","title":"b\xc0\xaf"}', 'latin1')],
    ['half a pair', Buffer.from('{"source":"a","title":"\xed\xa0\x80"}', 'latin1')],
    ['a character cut off', Buffer.from('{"source":"a","title":"\xe2\x82"}', 'latin1')],
    ['UTF-16', utf16('{"source":"a","title":"b"}')],
  ])('is refused: %s', async (_what, body) => {
    await expectRefusal(() => post(body), 400, 'invalid-json');
  });

  it.each(['iso-8859-1', 'utf-16', '"windows-1252"'])(
    'is refused if it is declared as %s',
    async (charset) => {
      const type = `application/json; charset=${charset}`;
      await expectRefusal(() => post(whole(), { 'content-type': type }), 400, 'invalid-json');
    },
  );

  it.each(['application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'Application/JSON'])(
    'is taken as %s',
    async (type) => {
      expect((await post(whole(), { 'content-type': type })).status).toBe(201);
    },
  );

  it.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'application/x-ndjson',
    'text/json',
  ])('is refused as %s', async (type) => {
    await expectRefusal(() => post(whole(), { 'content-type': type }), 415, 'unsupported-media-type');
  });

  it('is refused compressed', async () => {
    const answer = await expectRefusal(
      () => post(gzipSync(whole()), { 'content-encoding': 'gzip' }),
      415,
      'unsupported-media-type',
    );
    expect(answer.headers.get('accept-encoding')).toBe('identity');
  });

  it.each(['[]', '"text"', '1', 'null', 'true'])('is refused: %s', async (body) => {
    const answer = await expectRefusal(() => post(body), 422, 'invalid-value');
    expect(answer.json.errors).toEqual([{ pointer: '', code: 'invalid-value', detail: expect.any(String) }]);
  });
});

describe('a field that is wrong', () => {
  // prettier-ignore
  it.each<[string, string, object, [pointer: string, code: string][]]>([
    ['missing', 'register-source', { source: 'a' }, [['/title', 'missing-field']]],
    ['all missing', 'admit-member', {}, [['/organization', 'missing-field'], ['/member', 'missing-field'], ['/effective', 'missing-field']]],
    ['unknown', 'register-source', { source: 'a', title: 'b', colour: 'red' }, [['/colour', 'unknown-field']]],
    ['unknown, and in need of an escape', 'register-source', { source: 'a', title: 'b', 'x/y~z': 1 }, [['/x~1y~0z', 'unknown-field']]],
    ['unknown, but every object has it', 'register-source', { source: 'a', title: 'b', constructor: 1, toString: 2 }, [['/constructor', 'unknown-field'], ['/toString', 'unknown-field']]],
    ['unknown, inside', 'admit-member', { organization: 'csto', member: 'armenia', effective: '2001', instrument: { title: 'T', x: 1 } }, [['/instrument/x', 'unknown-field']]],
    ['null', 'register-source', { source: 'a', title: null }, [['/title', 'invalid-value']]],
    ['of another type', 'register-source', { source: 'a', title: ['b'] }, [['/title', 'invalid-value']]],
    ['blank', 'register-source', { source: 'a', title: ' ' }, [['/title', 'invalid-value']]],
    ['not in the list', 'register-organization', { organization: 'a', name: 'b', classification: 'club' }, [['/classification', 'invalid-value']]],
    ['no id', 'register-source', { source: 'A B', title: 'b' }, [['/source', 'invalid-id']]],
    ['an id too long', 'register-source', { source: 'a'.repeat(101), title: 'b' }, [['/source', 'invalid-id']]],
    ['no date', 'admit-member', { organization: 'csto', member: 'armenia', effective: '31.5.2011' }, [['/effective', 'invalid-date']]],
    ['no day of the calendar', 'admit-member', { organization: 'csto', member: 'armenia', effective: '2011-02-29' }, [['/effective', 'invalid-date']]],
    ['no address', 'register-source', { source: 'a', title: 'b', url: 'javascript:alert(1)' }, [['/url', 'invalid-value']]],
    ['no language', 'register-source', { source: 'a', title: 'b', language: 'not a language' }, [['/language', 'invalid-value']]],
    ['half a pair', 'register-source', { source: 'a', title: 'b\ud800' }, [['/title', 'invalid-text']]],
    ['a control character', 'register-source', { source: 'a', title: 'b\u0000' }, [['/title', 'invalid-text']]],
    ['a control character of the second block', 'register-source', { source: 'a', title: 'b\u0085' }, [['/title', 'invalid-text']]],
    ['a list of nothing', 'register-source', { source: 'a', title: 'b', sources: [] }, [['/sources', 'invalid-value']]],
    ['wrong inside a list', 'register-source', { source: 'a', title: 'b', sources: [{ source: 'treaty' }, { locator: 'p. 1' }] }, [['/sources/1/source', 'missing-field']]],
    ['a reference to nothing', 'admit-member', { organization: 'csto', member: 'atlantis', effective: '2001' }, [['/member', 'unknown-reference']]],
    ['two references to nothing', 'admit-member', { organization: 'eldorado', member: 'atlantis', effective: '2001' }, [['/organization', 'unknown-reference'], ['/member', 'unknown-reference']]],
    ['a reference to nothing inside a list', 'register-source', { source: 'a', title: 'b', sources: [{ source: 'nowhere' }] }, [['/sources/0/source', 'unknown-reference']]],
    ['a fact that is none', 'retract-fact', { fact: 'source-treaty@99', reason: 'x' }, [['/fact', 'unknown-reference']]],
    ['no name of a fact', 'retract-fact', { fact: 'treaty', reason: 'x' }, [['/fact', 'invalid-id']]],
    ['wrong in a correction', 'correct-fact', { fact: 'source-treaty@0', reason: 'x', with: { source: 'treaty', titel: 'b' } }, [['/with/titel', 'unknown-field'], ['/with/title', 'missing-field']]],
  ])('is named: %s', async (_what, command, data, errors) => {
    const answer = await expectRefusal(() => book.sendCommand(command, data), 422, errors[0]?.[1] ?? '');
    expect(answer.json.errors).toEqual(
      errors.map(([pointer, code]) => ({ pointer, code, detail: expect.stringMatching(/\S/) })),
    );
  });

  it.each(['1.5', '9007199254740993', '1e400', '1.00000000000000000001'])(
    'is named: the number %s',
    async (number) => {
      const body = `{"source":"a","title":"b","note":${number}}`;
      const answer = await expectRefusal(
        () => book.send('/commands/register-source', body),
        422,
        'invalid-number',
      );
      expect(answer.json.errors[0]).toMatchObject({ pointer: '/note', code: 'invalid-number' });
    },
  );
});

describe('a command that a rule refuses', () => {
  // prettier-ignore
  it.each<[code: string, command: string, data: object]>([
    ['id-taken', 'register-source', { source: 'treaty', title: 'Another' }],
    ['id-taken', 'register-organization', { organization: 'csto', name: 'Another', classification: 'other' }],
    ['already-member', 'admit-member', { organization: 'csto', member: 'armenia', effective: '2001-01-01' }],
    ['not-a-member', 'end-membership', { organization: 'csto', member: 'azerbaijan', effective: '1999', reason: 'withdrew' }],
    ['not-suspended', 'resume-participation', { organization: 'csto', member: 'armenia', effective: '2024' }],
    ['illegal-correction', 'correct-fact', { fact: 'organization-csto@0', reason: 'x', with: { ...cstoCommands[1]?.[1], partOf: 'csto' } }],
    ['illegal-correction', 'retract-fact', { fact: 'organization-csto@0', reason: 'x' }],
    ['illegal-correction', 'correct-fact', { fact: 'source-treaty@0', reason: 'x', with: { source: 'other', title: 'b' } }],
  ])('has a code: %s', async (code, command, data) => {
    const answer = await expectRefusal(() => book.sendCommand(command, data), 409, code);
    expect(answer.json).not.toHaveProperty('errors');
  });

  it('of a name that is none has a code', async () => {
    await expectRefusal(() => book.sendCommand('register-unicorn', {}), 404, 'unknown-command');
    await expectRefusal(() => book.sendCommand('toString', {}), 404, 'unknown-command');
    expectProblem(await book.get('/commands/nope'), 404, 'unknown-command', '/commands/nope');
  });
});

describe('a command that cannot be recorded now', () => {
  it('is refused while the queue is full, before anything is written, and taken afterwards', async () => {
    const { node } = book.server;
    const writer = new Database(node.directory.ledgerFile);
    writer.exec('BEGIN IMMEDIATE'); // nobody else can commit meanwhile
    const sender = { actor: 'admin', correlationId: 'full' };
    const queued = Array.from({ length: node.sequencer.capacity }, () =>
      node.commandHandler.handle({ command: 'register-source', data: createSource() }, sender),
    );
    try {
      const answer = await expectRefusal(
        () => book.sendCommand('register-source', createSource('crowded')),
        503,
        'busy',
      );
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await book.get('/sources/treaty')).status).toBe(200);
    } finally {
      writer.exec('ROLLBACK');
      writer.close();
    }
    for (const outcome of await Promise.all(queued)) expect(outcome).toHaveProperty('events');
    expect((await book.sendCommand('register-source', createSource('crowded'))).status).toBe(201);
  });
});

describe('the commands', () => {
  it('are listed, each with its schema', async () => {
    const { json } = await book.get('/commands');
    const names = [...book.server.node.commandHandler.commands.keys()];
    expect(json.items.map(({ name }: { name: string }) => name)).toEqual(names);
    for (const { name, schema } of json.items) {
      const answer = await book.get(schema);
      expect(answer.headers.get('content-type')).toMatch(/^application\/schema\+json/);
      expect(answer.json).toMatchObject({ title: name, type: 'object', additionalProperties: false });
    }
  });
});
