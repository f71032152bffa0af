import { Refusal } from '../../src/eventsourcing/refusal.js';
import type { Outcome, Recording } from '../../src/commands/command-handler.js';
import { Office, organization, renaming, settles } from './support/command-handler-fixture.js';

/** The same answer, given again. */
const replayOf = (outcome: Outcome) => ({ ...(outcome as Recording), replayed: true });

describe('a command with an idempotency key', () => {
  let office: Office;
  beforeEach(async () => {
    office = new Office();
    await office.record(organization('csto'));
    office.sequencer.flowing = true;
  });
  afterEach(() => office.close());
  const key = { idempotencyKey: 'k1' };
  const reused = expect.objectContaining({ code: 'idempotency-key-reused' }) as unknown;

  it('sent again is answered as before, also after a restart, and recorded once', async () => {
    const first = await office.say(...renaming('csto', 'CSTO'), key);
    await office.say(...renaming('csto', 'ODKB'));
    const again = await office.say(...renaming('csto', 'CSTO'), key);
    office.restart();
    expect(again).toEqual(replayOf(first));
    expect(await office.say(...renaming('csto', 'CSTO'), key)).toEqual(again);
    expect(office.facts()).toHaveLength(3);
  });

  it('sent twice at once is recorded once, and both have the same answer', async () => {
    const [first, second] = await Promise.all([
      office.say(...renaming('csto', 'CSTO'), key),
      office.say(...renaming('csto', 'CSTO'), key),
    ]);
    expect(second).toEqual(replayOf(first));
    expect(office.sequencer.came).toHaveLength(1);
  });

  it('may write its words in another order', async () => {
    await office.say('register-organization', { organization: 'a', name: 'A', classification: 'state' }, key);
    expect(
      await office.say(
        'register-organization',
        { classification: 'state', name: 'A', organization: 'a' },
        key,
      ),
    ).toMatchObject({ replayed: true, entry: 2 });
  });

  it.each([
    ['other words', renaming('csto', 'ODKB')],
    ['another stream', organization('cis')],
  ])('is refused with %s, at once and later', async (_, other) => {
    const first = office.say(...renaming('csto', 'CSTO'), key);
    expect(await office.say(...other, key)).toEqual(reused);
    await first;
    expect(await office.say(...other, key)).toEqual(reused);
    office.restart();
    expect(await office.say(...other, key)).toBeInstanceOf(Refusal);
    expect(office.facts()).toHaveLength(2);
  });

  it('of somebody else is another key', async () => {
    await office.say(...renaming('csto', 'CSTO'), key);
    expect(await office.say(...renaming('csto', 'ODKB'), { ...key, actor: 'another' })).toMatchObject({
      replayed: false,
      entry: 3,
    });
  });

  it('that recorded nothing is not remembered', async () => {
    expect(await office.say(...organization('csto', 'other words'), key)).toMatchObject({ code: 'id-taken' });
    expect(await office.say(...organization('csto'), key)).toMatchObject({ events: [], replayed: false });
    expect(await office.say(...renaming('csto', 'CSTO'), key)).toMatchObject({ entry: 2, replayed: false });
  });

  it('of a group gives all of the group again', async () => {
    const group = [renaming('csto', 'A'), renaming('csto', 'B'), renaming('csto', 'C')];
    const first = await office.hand(group, key);
    expect(first).toMatchObject({
      entry: 4,
      revision: 3,
      events: [{ entry: 2 }, { entry: 3 }, { entry: 4 }],
      replayed: false,
    });
    expect(await office.hand(group, key)).toEqual(replayOf(first));
    expect(await office.hand(group.slice(1), key)).toEqual(reused);
    expect(office.ledger.after(1, 5).map(({ metadata }) => JSON.parse(metadata) as unknown)).toMatchObject([
      { group: { index: 0, of: 3 } },
      { group: { index: 1, of: 3 } },
      { group: { index: 2, of: 3 } },
    ]);
  });

  it('gives its events the same ids for ever', async () => {
    await office.say(...renaming('csto', 'CSTO'), key);
    expect(office.ledger.byEntry(2)?.id).toBe('9e91ea2b-a931-52ef-b91b-9ee1f6617c56');
  });

  it('waits for the first one to be durable', async () => {
    office.sequencer.flowing = false;
    const first = office.say(...renaming('csto', 'CSTO'), key);
    const second = office.say(...renaming('csto', 'CSTO'), key);
    expect(await settles(second)).toBe(false);
    office.sequencer.take();
    expect(await second).toEqual(replayOf(await first));
  });
});

it('a command without a key is recorded whenever it is new', async () => {
  const office = new Office();
  await office.record(organization('csto'), renaming('csto', 'A'), renaming('csto', 'B'));
  expect(office.facts()).toHaveLength(3);
  await office.close();
});
