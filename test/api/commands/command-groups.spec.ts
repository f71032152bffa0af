import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { admitMember, cstoCommands, endMembership, registerState } from '../../support/csto-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

describe('a group', () => {
  const stay = [admitMember('azerbaijan', '1993-09-24'), endMembership('azerbaijan', '1999-04-02')] as const;

  it('is recorded and visible as a whole', async () => {
    const before = book.headEntry;
    const answer = await book.sendGroup(stay);
    const last = before + 2;
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      stream: 'membership-csto:azerbaijan',
      revision: 1,
      entry: last,
      events: [
        { type: 'MemberJoined', entry: before + 1 },
        { type: 'MembershipEnded', entry: last },
      ],
    });
    expect(answer.headers.get('ledger-entry')).toBe(String(last));
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.headers.get('location')).toBe(`/events/${answer.json.events[1].id}`);

    const { items } = (await book.get('/streams/membership-csto:azerbaijan')).json;
    expect(items.map(({ metadata }: { metadata: object }) => metadata)).toMatchObject([
      { group: { index: 0, of: 2 }, command: 'admit-member' },
      { group: { index: 1, of: 2 }, command: 'end-membership' },
    ]);

    const members = async (asOf: number) =>
      (await book.get(`/organizations/csto/members?on=1995-01-01&asOf=${asOf}`)).json.items.map(
        ({ member }: { member: string }) => member,
      );
    expect(await members(before)).not.toContain('azerbaijan');
    expect(await members(last - 1)).not.toContain('azerbaijan');
    expect(await members(last)).toContain('azerbaijan');
  });

  it('records nothing when all of its events are recorded already', async () => {
    const before = book.headEntry;
    const answer = await book.sendGroup(stay);
    expect([answer.status, answer.json.events, book.headEntry]).toEqual([200, [], before]);
  });

  it('is checked in its final state, not in intermediate ones', async () => {
    await book.recordCommands(registerState('georgia', 'Georgia'), admitMember('georgia', '1994-04-20'));
    const earlier = [admitMember('georgia', '1993-12-09'), endMembership('georgia', '1994-01-01')] as const;
    const alone = await book.sendCommand(...earlier[0]);
    expect([alone.status, alone.json.code]).toEqual([409, 'already-member']);
    expect((await book.sendGroup(earlier)).status).toBe(201);
    // The two events may be in any order.
    expect(
      (await book.sendGroup([endMembership('georgia', '1992-01-01'), admitMember('georgia', '1991-01-01')]))
        .status,
    ).toBe(201);
  });

  it('has its last entry in every row', async () => {
    await book.recordCommands(registerState('moldova', 'Moldova'));
    const answer = await book.sendGroup([
      ['rename-organization', { organization: 'moldova', name: 'One', effective: '2001' }],
      ['rename-organization', { organization: 'moldova', name: 'Two', effective: '2002' }],
    ]);
    const { names } = (await book.get('/organizations/moldova')).json;
    expect(names.map(({ entry }: { entry: number }) => entry).slice(1)).toEqual([
      answer.json.entry,
      answer.json.entry,
    ]);
  });

  // prettier-ignore
  it.each<[string, (readonly [string, unknown])[], number, string, string[] | undefined]>([
    ['none', [], 422, 'not-a-group', ['']],
    ['more than 100', Array.from({ length: 101 }, (_, n) => ['register-source', { source: 's', title: `${n}` }]), 422, 'not-a-group', ['']],
    ['of two streams', [['register-source', { source: 'one', title: '1' }], ['register-source', { source: 'two', title: '2' }]], 422, 'not-a-group', ['']],
    ['a missing field in the second command', [['register-source', { source: 'one', title: '1' }], ['register-source', { source: 'one' }]], 422, 'missing-field', ['/1/data/title']],
    ['invalid fields in both commands', [['register-source', { source: 'ONE', title: '1' }], ['register-source', { x: 1 }]], 422, 'invalid-id', ['/0/data/source', '/1/data/x', '/1/data/source', '/1/data/title']],
    ['an unknown reference in the second command', [admitMember('armenia', '2001'), ['admit-member', { ...admitMember('armenia', '2001')[1], sources: [{ source: 'nowhere' }] }]], 422, 'unknown-reference', ['/1/data/sources/0/source']],
    ['an unknown command', [['register-source', { source: 'one', title: '1' }], ['nope', {}]], 404, 'unknown-command', undefined],
    ['a command that is refused by itself', [['register-source', { source: 'one', title: '1' }], ['register-source', { source: 'one', title: '2' }]], 409, 'id-taken', ['/1/data']],
    ['a rule that the final state breaks', [endMembership('armenia', '2001'), endMembership('armenia', '2002')], 409, 'not-a-member', undefined],
  ])('is refused as a whole: %s', async (_what, envelopes, status, code, pointers) => {
    const before = book.headEntry;
    const answer = await book.sendGroup(envelopes);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.json.errors?.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
    expect(book.headEntry).toBe(before);
    expect((await book.get('/sources/one')).status).toBe(404);
  });

  it.each([
    ['an object', '{"command":"register-source","data":{}}', 'not-a-group', undefined],
    ['group of something that is not a command', '[1]', 'invalid-value', '/0'],
    ['group with an unknown member', '[{"command":"a","data":{},"x":1}]', 'unknown-field', '/0/x'],
    ['without data', '[{"command":"register-source"}]', 'missing-field', '/0/data'],
    ['group without a command', '[{"data":{}}]', 'missing-field', '/0/command'],
    ['group with a member of another type', '[{"command":1,"data":{}}]', 'invalid-value', '/0/command'],
  ])('is refused: a %s', async (_what, body, code, pointer) => {
    const answer = await book.send('/commands', body);
    expect([answer.status, answer.json.code, answer.json.errors?.[0].pointer]).toEqual([422, code, pointer]);
  });

  it('of corrections that are valid only together is accepted', async () => {
    await book.recordCommands(
      registerState('tajikistan', 'Tajikistan'),
      admitMember('tajikistan', '2000-01-01'),
      endMembership('tajikistan', '2001-01-01'),
    );
    const fact = (revision: number) => `membership-csto:tajikistan@${revision}`;
    const moved = (revision: number, [, data]: readonly [string, object], effective: string) =>
      ['correct-fact', { fact: fact(revision), with: { ...data, effective }, reason: 'misread' }] as const;
    const corrections = [
      moved(0, admitMember('tajikistan', ''), '2005-01-01'),
      moved(1, endMembership('tajikistan', ''), '2006-01-01'),
    ];
    expect((await book.sendGroup(corrections.slice(0, 1))).json.code).toBe('illegal-correction');
    expect((await book.sendGroup(corrections)).status).toBe(201);
    const { json } = await book.get('/organizations/csto/members?on=2005-06-01');
    expect(json.items).toContainEqual(expect.objectContaining({ member: 'tajikistan' }));
  });
});
