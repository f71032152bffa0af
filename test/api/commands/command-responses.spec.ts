import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { cstoCommands, registerState } from '../../support/csto-commands.js';
import { createLargePerson } from '../../support/large-commands.js';
import { type TestResponse, cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';
import { expectProblem, expectRefusedCommand } from '../support/expect-problem.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

const expectRefusal = (send: () => Promise<TestResponse>, status: number, code: string) =>
  expectRefusedCommand(book, send, status, code);

let used = 0;
const createId = () => `fresh-${++used}`;
const createSource = (id = createId(), more: object = {}) => ({ source: id, title: 'A report', ...more });

describe('a recorded command', () => {
  it('answers with the recorded events and their addresses', async () => {
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

  it('is visible in a GET that follows at once', async () => {
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

  it('is answered as soon as it is durable with Prefer: respond-async', async () => {
    const answer = await book.sendCommand('register-source', createSource(), {
      headers: { prefer: 'respond-async, wait=10' },
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('preference-applied')).toBe('respond-async');
    expect(answer.json.events).toHaveLength(1);
    expect((await book.get(answer.headers.get('location') ?? '')).status).toBe(200);
  });

  it('records nothing when the same event is sent twice', async () => {
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

  it('has its actor and correlation id in the metadata', async () => {
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

  it('keeps text exactly as it was sent', async () => {
    const title = 'e\u0301 \u00e9 \u2028 \u{1F3DB} "\\ \t\n\r  <b> ';
    const { json } = await book.sendCommand('register-source', createSource(createId(), { title }));
    expect((await book.get(`/events/${json.events[0].id}`)).json.data.title).toBe(title);
  });

  it('may have 512 KiB', async () => {
    const largest = 512 * 1024;
    const send = (bytes: number) => book.sendCommand('register-person', createLargePerson(createId(), bytes));
    expect((await send(largest)).status).toBe(201);
    await expectRefusal(() => send(largest + 1), 413, 'too-large');
  });
});

describe('an Idempotency-Key', () => {
  const key = (value: string) => ({ headers: { 'idempotency-key': value } });

  it('gets the first response again, also after further appends to the stream', async () => {
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

  it('records once when the same request arrives several times at once', async () => {
    const data = createSource();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => book.sendCommand('register-source', data, key('at-once'))),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await book.get(`/streams/source-${data.source}`)).json.items).toHaveLength(1);
  });

  it('makes it safe to send a group again', async () => {
    const group = [
      ['register-source', createSource('grouped')],
      ['dispute-fact', { fact: 'source-grouped@0', claim: 'no' }],
    ] as const;
    // The second command refers to an event that only the first records, so it is refused, and the key stays unused.
    await expectRefusal(() => book.sendGroup(group, key('group')), 422, 'unknown-reference');
    const first = await book.sendGroup(group.slice(0, 1), key('group'));
    const again = await book.sendGroup(group.slice(0, 1), key('group'));
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.json).toEqual(first.json);
  });

  it('lets an id be left out, and the response names the one that is given', async () => {
    const id = createId();
    await book.sendGroup([
      ['schedule-meeting', { meeting: id, title: 'A', convenedBy: 'csto', scheduledFor: '2011' }],
      ['add-agenda-item', { meeting: id, item: 'i4', title: 'Budget' }],
    ]);
    const item = { meeting: id, title: 'Staff' };
    await expectRefusal(() => book.sendCommand('add-agenda-item', item), 422, 'missing-key');
    const first = await book.sendCommand('add-agenda-item', item, key('given'));
    expect(first.json.events).toMatchObject([{ type: 'AgendaItemAdded', key: 'i5' }]);
    expect((await book.sendCommand('add-agenda-item', item, key('given'))).json).toEqual(first.json);
    const line = { command: 'add-agenda-item', data: item, idempotencyKey: 'given-in-a-line' };
    expect((await book.sendLines([line])).results).toMatchObject([{ status: 201 }]);
    expect((await book.get(`/meetings/${id}`)).json.agenda).toMatchObject([
      { item: 'i4' },
      { item: 'i5' },
      { item: 'i6' },
    ]);
  });

  it('is scoped to the principal', async () => {
    const [mine, yours] = [createSource(), createSource()];
    await book.sendCommand('register-source', mine, key('shared'));
    const other = await book.sendCommand('register-source', yours, {
      apiKey: book.getKey('recorder'),
      ...key('shared'),
    });
    expect(other.status).toBe(201);
  });

  it('is refused with another body', async () => {
    await book.sendCommand('register-source', createSource(), key('taken'));
    await expectRefusal(
      () => book.sendCommand('register-source', createSource(), key('taken')),
      422,
      'idempotency-key-reused',
    );
  });

  it('is not stored for a refused command', async () => {
    await expectRefusal(
      () => book.sendCommand('register-source', { source: 'x' }, key('again')),
      422,
      'missing-field',
    );
    expect((await book.sendCommand('register-source', createSource(), key('again'))).status).toBe(201);
  });

  it.each(['', ' ', 'a b', 'x'.repeat(256), 'caf\u00e9'])('is refused when it is %j', async (value) => {
    await expectRefusal(
      () => book.sendCommand('register-source', createSource(), key(value)),
      422,
      'invalid-value',
    );
  });

  it('of a command that changed nothing gets the same answer for ever, and no export has it', async () => {
    const source = createSource();
    const posting = key(`unchanged-${source.source}`);
    await book.sendCommand('register-source', source);
    const first = await book.sendCommand('register-source', source, posting);
    expect([first.status, first.json.events]).toEqual([200, []]);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    await book.sendCommand('correct-fact', {
      fact: `source-${source.source}@0`,
      with: { ...source, title: 'Another' },
      reason: 'x',
    });
    const before = book.headEntry;
    const again = await book.sendCommand('register-source', source, posting);
    expect([again.status, again.json]).toEqual([200, first.json]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    await expectRefusal(
      () => book.sendCommand('register-source', createSource(), posting),
      422,
      'idempotency-key-reused',
    );
    expect(book.headEntry).toBe(before);
    const exported = await book.get('/events', { accept: 'application/x-ndjson' });
    expect(exported.text).not.toContain('unchanged_requests');
    expect(exported.text.split('\n')).toHaveLength(before + 2);
  });

  it('may have 255 characters', async () => {
    expect((await book.sendCommand('register-source', createSource(), key('~'.repeat(255)))).status).toBe(
      201,
    );
  });
});

describe('If-Match', () => {
  it('accepts a command at exactly this revision', async () => {
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

  it('is refused for a stream that does not exist', async () => {
    const answer = await expectRefusal(
      () => book.sendCommand('register-source', createSource(), { headers: { 'if-match': '"0"' } }),
      412,
      'wrong-revision',
    );
    expect(answer.json.currentRevision).toBeNull();
  });

  it.each(['0', '', '"0', '"0" "1"', '"0", 1', '*, "0"', 'w/"0"'])(
    'is refused when it is no list of entity tags: %j',
    async (value) => {
      for (const name of ['if-match', 'if-none-match'])
        await expectRefusal(
          () => book.sendCommand('register-source', createSource(), { headers: { [name]: value } }),
          422,
          'invalid-value',
        );
    },
  );

  // RFC 9110, sections 13.1.1 and 13.1.2, for a stream at revision 1 and for one that does not exist.
  it.each([
    [{ 'if-match': '*' }, 201, 412],
    [{ 'if-match': '"1"' }, 201, 412],
    [{ 'if-match': '"0", "1"' }, 201, 412],
    [{ 'if-match': ' ,"a,b" ,, "1", ' }, 201, 412],
    [{ 'if-match': '"0", "2"' }, 412, 412],
    [{ 'if-match': 'W/"1"' }, 412, 412],
    [{ 'if-match': 'W/"1", "x"' }, 412, 412],
    [{ 'if-match': '"01"' }, 412, 412],
    [{ 'if-none-match': '*' }, 412, 201],
    [{ 'if-none-match': '"1"' }, 412, 201],
    [{ 'if-none-match': 'W/"1"' }, 412, 201],
    [{ 'if-none-match': '"0"' }, 201, 201],
    [{ 'if-match': '"1"', 'if-none-match': '"0"' }, 201, 412],
    [{ 'if-match': '"1"', 'if-none-match': '"1"' }, 412, 412],
  ])(
    'with %j gives %i for a stream at revision 1, and %i for a new one',
    async (headers, existing, fresh) => {
      const id = createId();
      await book.recordCommands(registerState(id, 'State'), [
        'rename-organization',
        { organization: id, name: 'One', effective: '2001' },
      ]);
      const rename = { organization: id, name: 'Two', effective: '2002' };
      const posting = { headers: headers as Record<string, string> };
      expect((await book.sendCommand('rename-organization', rename, posting)).status).toBe(existing);
      const before = book.headEntry;
      const registered = await book.sendCommand('register-source', createSource(), posting);
      expect([registered.status, registered.json.code]).toEqual([
        fresh,
        fresh === 412 ? 'wrong-revision' : undefined,
      ]);
      expect(book.headEntry - before).toBe(fresh === 412 ? 0 : 1);
    },
  );

  it('is refused for NDJSON, whose lines are of many streams', async () => {
    for (const name of ['if-match', 'if-none-match']) {
      const line = { command: 'register-source', data: createSource() };
      const answer = await book
        .sendLines([line], '', { headers: { [name]: '*' } })
        .catch((error: unknown) => error);
      expect(answer).toMatchObject({ status: 422 });
    }
  });
});

describe('a command that a rule of the domain refuses', () => {
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

  it('is refused with a code when its name is unknown', async () => {
    await expectRefusal(() => book.sendCommand('register-unicorn', {}), 404, 'unknown-command');
    await expectRefusal(() => book.sendCommand('toString', {}), 404, 'unknown-command');
    expectProblem(await book.get('/commands/nope'), 404, 'unknown-command', '/commands/nope');
  });
});

describe('a command while the queue is full', () => {
  it('is refused before anything is written, and accepted afterwards', async () => {
    const { node } = book.server;
    const writer = new Database(node.directory.ledgerFile);
    writer.exec('BEGIN IMMEDIATE'); // prevents other commits meanwhile
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
