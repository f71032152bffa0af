import { hash } from 'node:crypto';
import { canonicalJson } from '../../src/json/canonical-json.js';
import { UnavailableError } from '../../src/ledger/sequencer.js';
import { Refusal } from '../../src/eventsourcing/refusal.js';
import type { CommandOutcome, RecordedCommand } from '../../src/commands/command-outcome.js';
import {
  CommandHandlerFixture,
  registerOrganization,
  renameOrganization,
  isSettled,
} from './support/command-handler-fixture.js';

/** The same outcome, marked as replayed. */
const toReplayed = (outcome: CommandOutcome) => ({ ...(outcome as RecordedCommand), replayed: true });

describe('a command with an idempotency key', () => {
  let fixture: CommandHandlerFixture;
  beforeEach(async () => {
    fixture = new CommandHandlerFixture();
    await fixture.recordAll(registerOrganization('csto'));
    fixture.sequencer.isAutomatic = true;
  });
  afterEach(() => fixture.close());
  const key = { idempotencyKey: 'k1' };
  const reused = expect.objectContaining({ code: 'idempotency-key-reused' }) as unknown;

  it('is recorded once and gets the same outcome when it is sent again, also after a restart', async () => {
    const first = await fixture.send(...renameOrganization('csto', 'CSTO'), key);
    await fixture.send(...renameOrganization('csto', 'ODKB'));
    const again = await fixture.send(...renameOrganization('csto', 'CSTO'), key);
    fixture.restart();
    expect(again).toEqual(toReplayed(first));
    expect(await fixture.send(...renameOrganization('csto', 'CSTO'), key)).toEqual(again);
    expect(fixture.listEvents()).toHaveLength(3);
  });

  it('is recorded once and gets the same outcome when it is sent twice at the same time', async () => {
    const [first, second] = await Promise.all([
      fixture.send(...renameOrganization('csto', 'CSTO'), key),
      fixture.send(...renameOrganization('csto', 'CSTO'), key),
    ]);
    expect(second).toEqual(toReplayed(first));
    expect(fixture.sequencer.receivedAppends).toHaveLength(1);
  });

  it('is recognized with its fields in another order', async () => {
    await fixture.send(
      'register-organization',
      { organization: 'a', name: 'A', classification: 'state' },
      key,
    );
    expect(
      await fixture.send(
        'register-organization',
        { classification: 'state', name: 'A', organization: 'a' },
        key,
      ),
    ).toMatchObject({ replayed: true, entry: 2 });
  });

  it.each([
    ['other data', renameOrganization('csto', 'ODKB')],
    ['another stream', registerOrganization('cis')],
  ])('is refused with the same key and %s, concurrently and later', async (_, other) => {
    const first = fixture.send(...renameOrganization('csto', 'CSTO'), key);
    expect(await fixture.send(...other, key)).toEqual(reused);
    await first;
    expect(await fixture.send(...other, key)).toEqual(reused);
    fixture.restart();
    expect(await fixture.send(...other, key)).toBeInstanceOf(Refusal);
    expect(fixture.listEvents()).toHaveLength(2);
  });

  it('does not conflict with the same key of another actor', async () => {
    await fixture.send(...renameOrganization('csto', 'CSTO'), key);
    expect(
      await fixture.send(...renameOrganization('csto', 'ODKB'), { ...key, actor: 'another' }),
    ).toMatchObject({
      replayed: false,
      entry: 3,
    });
  });

  it('does not reserve the key if it is refused', async () => {
    expect(await fixture.send(...registerOrganization('csto', 'other words'), key)).toMatchObject({
      code: 'id-taken',
    });
    expect(await fixture.send(...renameOrganization('csto', 'CSTO'), key)).toMatchObject({
      entry: 2,
      replayed: false,
    });
  });

  it('that changes nothing gets the same outcome when it is sent again, whatever was recorded since', async () => {
    const first = await fixture.send(...registerOrganization('csto'), key);
    expect(first).toMatchObject({
      stream: 'organization-csto',
      revision: 0,
      entry: 1,
      events: [],
      replayed: false,
    });
    await fixture.recordAll(renameOrganization('csto', 'A'), renameOrganization('csto', 'B'));
    fixture.sequencer.isAutomatic = true;
    expect(await fixture.send(...registerOrganization('csto'), key)).toEqual(toReplayed(first));
    fixture.restart();
    expect(await fixture.send(...registerOrganization('csto'), key)).toEqual(toReplayed(first));
    expect(await fixture.send(...renameOrganization('csto', 'C'), key)).toEqual(reused);
    expect(fixture.listEvents()).toHaveLength(3);
  });

  it('that changed nothing records nothing when it is sent again, although it would change something now', async () => {
    const retract = (revision: number) =>
      ['retract-fact', { fact: `organization-csto@${revision}`, reason: 'x' }] as const;
    await fixture.recordAll(renameOrganization('csto', 'A'));
    fixture.sequencer.isAutomatic = true;
    const first = await fixture.send(...renameOrganization('csto', 'A'), key);
    expect(first).toMatchObject({ revision: 1, events: [] });
    await fixture.recordAll(retract(1));
    fixture.sequencer.isAutomatic = true;
    expect(await fixture.send(...renameOrganization('csto', 'A'), key)).toEqual(toReplayed(first));
    expect(fixture.listEvents()).toHaveLength(3);
    // Without the key it states something new.
    expect(await fixture.send(...renameOrganization('csto', 'A'))).toMatchObject({ revision: 3 });
  });

  it('that changes nothing is answered only once its key is durable', async () => {
    const { noOpRequests } = fixture;
    const gate = Promise.withResolvers<void>();
    const add = noOpRequests.add.bind(noOpRequests);
    noOpRequests.add = (request) => gate.promise.then(() => add(request));
    const answer = fixture.send(...registerOrganization('csto'), key);
    expect(await isSettled(answer)).toBe(false);
    gate.resolve();
    expect(await answer).toMatchObject({ events: [] });

    noOpRequests.add = () => Promise.reject(new UnavailableError('disk-full', 'The disk is full.'));
    const failing = fixture.send(...registerOrganization('csto'), { idempotencyKey: 'k2' });
    await expect(failing).rejects.toMatchObject({ code: 'disk-full' });
    noOpRequests.add = add;
    expect(await fixture.send(...registerOrganization('csto'), { idempotencyKey: 'k2' })).toMatchObject({
      events: [],
      replayed: false,
    });
  });

  it('whose answer names an entry that a restored ledger does not have is decided again', async () => {
    const identity = { key: hash('sha256', canonicalJson(['clerk', 'k1'])), body: 'any' };
    await fixture.noOpRequests.add({ ...identity, stream: 'organization-csto', revision: 7, entry: 9 });
    expect(await fixture.send(...registerOrganization('csto'), key)).toMatchObject({ replayed: false });
  });

  it('replays the outcome of the whole group', async () => {
    const group = [
      renameOrganization('csto', 'A'),
      renameOrganization('csto', 'B'),
      renameOrganization('csto', 'C'),
    ];
    const first = await fixture.sendGroup(group, key);
    expect(first).toMatchObject({
      entry: 4,
      revision: 3,
      events: [{ entry: 2 }, { entry: 3 }, { entry: 4 }],
      replayed: false,
    });
    expect(await fixture.sendGroup(group, key)).toEqual(toReplayed(first));
    expect(await fixture.sendGroup(group.slice(1), key)).toEqual(reused);
    expect(
      fixture.ledger.readAfter(1, 5).map(({ metadata }) => JSON.parse(metadata) as unknown),
    ).toMatchObject([
      { group: { index: 0, of: 3 } },
      { group: { index: 1, of: 3 } },
      { group: { index: 2, of: 3 } },
    ]);
  });

  it('derives the ids of its events from the key, so that they never change', async () => {
    await fixture.send(...renameOrganization('csto', 'CSTO'), key);
    expect(fixture.ledger.findByNumber(2)?.id).toBe('9e91ea2b-a931-52ef-b91b-9ee1f6617c56');
  });

  it('is answered only after the first append is durable', async () => {
    fixture.sequencer.isAutomatic = false;
    const first = fixture.send(...renameOrganization('csto', 'CSTO'), key);
    const second = fixture.send(...renameOrganization('csto', 'CSTO'), key);
    expect(await isSettled(second)).toBe(false);
    fixture.sequencer.commitPending();
    expect(await second).toEqual(toReplayed(await first));
  });
});

describe('a command that leaves out the id of what it adds', () => {
  let fixture: CommandHandlerFixture;
  beforeEach(async () => {
    fixture = new CommandHandlerFixture();
    await fixture.recordAll(
      registerOrganization('csto'),
      ['schedule-meeting', { meeting: 'cfm', title: 'A', convenedBy: 'csto', scheduledFor: '2011-05-31' }],
      ['open-meeting', { meeting: 'cfm', at: '2011-05-31' }],
    );
    fixture.sequencer.isAutomatic = true;
  });
  afterEach(() => fixture.close());
  const words = { meeting: 'cfm', nameAsPrinted: 'Ms. Doe', form: 'summary', text: 'Yes.', language: 'en' };
  const missing = (pointer: string) => ({ errors: [{ pointer, code: 'missing-key' }] });

  it('gets the id in the answer, also when it is sent again, and another one with another key', async () => {
    const first = await fixture.send('record-statement', words, { idempotencyKey: 'k1' });
    expect(first).toMatchObject({ events: [{ type: 'StatementRecorded', entry: 4, key: 's1' }] });
    expect(await fixture.send('record-statement', words, { idempotencyKey: 'k2' })).toMatchObject({
      events: [{ key: 's2' }],
    });
    fixture.restart();
    expect(await fixture.send('record-statement', words, { idempotencyKey: 'k1' })).toEqual(
      toReplayed(first),
    );
    const chosen = { ...words, statement: 's1' };
    expect(await fixture.send('record-statement', chosen, { idempotencyKey: 'k1' })).toEqual(
      expect.objectContaining({ code: 'idempotency-key-reused' }),
    );
    expect(fixture.listEvents()).toHaveLength(5);
  });
  it('is refused without a key, alone and in a group, whatever else is wrong', async () => {
    expect(await fixture.send('record-statement', words)).toMatchObject(missing('/0/data/statement'));
    expect(
      await fixture.sendGroup([
        ['add-agenda-item', { meeting: 'cfm', item: 'budget', title: 'Budget' }],
        ['record-statement', words],
      ]),
    ).toMatchObject(missing('/1/data/statement'));
    const { text: _, ...incomplete } = words;
    expect(await fixture.send('record-statement', incomplete)).toMatchObject({
      errors: [{ code: 'missing-field' }, { code: 'missing-key' }],
    });
    expect(fixture.listEvents()).toHaveLength(3);
  });
  it('needs no key in a correction, which keeps the id', async () => {
    await fixture.send('record-statement', { ...words, statement: 'first' });
    const correction = { fact: 'meeting-cfm@2', with: { ...words, text: 'No.' }, reason: 'misheard' };
    expect(await fixture.send('correct-fact', correction)).toMatchObject({
      events: [{ type: 'FactCorrected' }],
    });
    expect(JSON.parse(fixture.ledger.findByNumber(5)?.data ?? '')).toMatchObject({
      with: { statement: 'first' },
    });
  });
});

it('a command without an idempotency key is recorded whenever it states something new', async () => {
  const fixture = new CommandHandlerFixture();
  await fixture.recordAll(
    registerOrganization('csto'),
    renameOrganization('csto', 'A'),
    renameOrganization('csto', 'B'),
  );
  expect(fixture.listEvents()).toHaveLength(3);
  await fixture.close();
});
