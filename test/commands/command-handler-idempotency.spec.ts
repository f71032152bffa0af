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

  it('does not reserve the key if nothing was recorded', async () => {
    expect(await fixture.send(...registerOrganization('csto', 'other words'), key)).toMatchObject({
      code: 'id-taken',
    });
    expect(await fixture.send(...registerOrganization('csto'), key)).toMatchObject({
      events: [],
      replayed: false,
    });
    expect(await fixture.send(...renameOrganization('csto', 'CSTO'), key)).toMatchObject({
      entry: 2,
      replayed: false,
    });
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
