import { Refusal } from '../../src/eventsourcing/refusal.js';
import type { CommandOutcome, RecordedCommand } from '../../src/commands/command-outcome.js';
import {
  CommandHandlerFixture,
  registerOrganization,
  renameOrganization,
  isSettled,
} from './support/command-handler-fixture.js';

/** The same answer, given again. */
const toReplayed = (outcome: CommandOutcome) => ({ ...(outcome as RecordedCommand), replayed: true });

describe('a command with an idempotency key', () => {
  let office: CommandHandlerFixture;
  beforeEach(async () => {
    office = new CommandHandlerFixture();
    await office.recordAll(registerOrganization('csto'));
    office.sequencer.isAutomatic = true;
  });
  afterEach(() => office.close());
  const key = { idempotencyKey: 'k1' };
  const reused = expect.objectContaining({ code: 'idempotency-key-reused' }) as unknown;

  it('sent again is answered as before, also after a restart, and recorded once', async () => {
    const first = await office.send(...renameOrganization('csto', 'CSTO'), key);
    await office.send(...renameOrganization('csto', 'ODKB'));
    const again = await office.send(...renameOrganization('csto', 'CSTO'), key);
    office.restart();
    expect(again).toEqual(toReplayed(first));
    expect(await office.send(...renameOrganization('csto', 'CSTO'), key)).toEqual(again);
    expect(office.listEvents()).toHaveLength(3);
  });

  it('sent twice at once is recorded once, and both have the same answer', async () => {
    const [first, second] = await Promise.all([
      office.send(...renameOrganization('csto', 'CSTO'), key),
      office.send(...renameOrganization('csto', 'CSTO'), key),
    ]);
    expect(second).toEqual(toReplayed(first));
    expect(office.sequencer.receivedAppends).toHaveLength(1);
  });

  it('may write its words in another order', async () => {
    await office.send(
      'register-organization',
      { organization: 'a', name: 'A', classification: 'state' },
      key,
    );
    expect(
      await office.send(
        'register-organization',
        { classification: 'state', name: 'A', organization: 'a' },
        key,
      ),
    ).toMatchObject({ replayed: true, entry: 2 });
  });

  it.each([
    ['other words', renameOrganization('csto', 'ODKB')],
    ['another stream', registerOrganization('cis')],
  ])('is refused with %s, at once and later', async (_, other) => {
    const first = office.send(...renameOrganization('csto', 'CSTO'), key);
    expect(await office.send(...other, key)).toEqual(reused);
    await first;
    expect(await office.send(...other, key)).toEqual(reused);
    office.restart();
    expect(await office.send(...other, key)).toBeInstanceOf(Refusal);
    expect(office.listEvents()).toHaveLength(2);
  });

  it('of somebody else is another key', async () => {
    await office.send(...renameOrganization('csto', 'CSTO'), key);
    expect(
      await office.send(...renameOrganization('csto', 'ODKB'), { ...key, actor: 'another' }),
    ).toMatchObject({
      replayed: false,
      entry: 3,
    });
  });

  it('that recorded nothing is not remembered', async () => {
    expect(await office.send(...registerOrganization('csto', 'other words'), key)).toMatchObject({
      code: 'id-taken',
    });
    expect(await office.send(...registerOrganization('csto'), key)).toMatchObject({
      events: [],
      replayed: false,
    });
    expect(await office.send(...renameOrganization('csto', 'CSTO'), key)).toMatchObject({
      entry: 2,
      replayed: false,
    });
  });

  it('of a group gives all of the group again', async () => {
    const group = [
      renameOrganization('csto', 'A'),
      renameOrganization('csto', 'B'),
      renameOrganization('csto', 'C'),
    ];
    const first = await office.sendGroup(group, key);
    expect(first).toMatchObject({
      entry: 4,
      revision: 3,
      events: [{ entry: 2 }, { entry: 3 }, { entry: 4 }],
      replayed: false,
    });
    expect(await office.sendGroup(group, key)).toEqual(toReplayed(first));
    expect(await office.sendGroup(group.slice(1), key)).toEqual(reused);
    expect(
      office.ledger.readAfter(1, 5).map(({ metadata }) => JSON.parse(metadata) as unknown),
    ).toMatchObject([
      { group: { index: 0, of: 3 } },
      { group: { index: 1, of: 3 } },
      { group: { index: 2, of: 3 } },
    ]);
  });

  it('gives its events the same ids for ever', async () => {
    await office.send(...renameOrganization('csto', 'CSTO'), key);
    expect(office.ledger.findByNumber(2)?.id).toBe('9e91ea2b-a931-52ef-b91b-9ee1f6617c56');
  });

  it('waits for the first one to be durable', async () => {
    office.sequencer.isAutomatic = false;
    const first = office.send(...renameOrganization('csto', 'CSTO'), key);
    const second = office.send(...renameOrganization('csto', 'CSTO'), key);
    expect(await isSettled(second)).toBe(false);
    office.sequencer.commitPending();
    expect(await second).toEqual(toReplayed(await first));
  });
});

it('a command without a key is recorded whenever it is new', async () => {
  const office = new CommandHandlerFixture();
  await office.recordAll(
    registerOrganization('csto'),
    renameOrganization('csto', 'A'),
    renameOrganization('csto', 'B'),
  );
  expect(office.listEvents()).toHaveLength(3);
  await office.close();
});
