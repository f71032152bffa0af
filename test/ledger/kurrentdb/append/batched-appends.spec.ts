// Appends of one stream that wait for each other go in one write.
import type { AppendOutcome } from '../../../../src/ledger/sequencer.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import { waitUntil } from '../../../support/wait-until.js';
import { type ClusterNode, ClusterFixture } from '../../support/cluster-fixture.js';
import { createAppend } from '../../support/create-append.js';
import { assertLedgerIntegrity } from '../../support/ledger-integrity.js';

const STREAM = 'a-1';

(isDouble ? describe : describe.skip)('appends of one stream that wait for each other', () => {
  let place: ClusterFixture;
  let node: ClusterNode;
  /** How many writes the server was sent. */
  let writes = 0;
  const start = async (options = {}) => {
    place = await ClusterFixture.start(options);
    node = await place.openNode();
    writes = 0;
    place.double.faults.holdAppends(() => {
      writes++;
      return false;
    });
  };
  afterEach(() => place.removeAll());

  /** Sends one append, and the others while that one is on its way. */
  async function appendBehindAnother(sizes: readonly (readonly string[])[]): Promise<AppendOutcome[]> {
    const letGo = place.double.faults.holdAppends();
    const first = node.sequencer.append(createAppend(STREAM, -1));
    await waitUntil(() => place.double.faults.heldAppends === 1);
    let revision = 0;
    const others = sizes.map((words) => {
      const outcome = node.sequencer.append(createAppend(STREAM, revision, words));
      revision += words.length;
      return outcome;
    });
    letGo();
    return Promise.all([first, ...others]);
  }
  const listEntries = (outcomes: readonly AppendOutcome[]) =>
    outcomes.map((outcome) => (outcome.outcome === 'appended' ? outcome.entry : outcome.outcome));

  it('are written together, at most 100 events in one write, and each gets its own entry', async () => {
    await start();
    const outcomes = await appendBehindAnother(Array.from({ length: 150 }, () => ['x']));
    expect(listEntries(outcomes)).toEqual(Array.from({ length: 151 }, (_, n) => n + 1));
    expect(writes).toBe(3);
    expect(assertLedgerIntegrity(node.ledger)).toHaveLength(151);
  });

  it('keep their own events: no command is cut, and the entry is that of its first one', async () => {
    await start();
    const outcomes = await appendBehindAnother([['a', 'b'], Array.from({ length: 99 }, () => 'c'), ['d']]);
    expect(listEntries(outcomes)).toEqual([1, 2, 4, 103]);
    expect(writes).toBe(3);
  });

  it('are written together up to 512 KiB, and a larger one is written alone', async () => {
    await start();
    const text = 'x'.repeat(200 * 1024);
    const outcomes = await appendBehindAnother([[text], [text], [text], ['y'.repeat(600 * 1024)], ['z']]);
    expect(listEntries(outcomes)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(writes).toBe(5);
  });

  it('are sent one by one if the cluster refuses them together as too large', async () => {
    await start({ maxAppendSize: 4_000 });
    const text = 'x'.repeat(1_500);
    const outcomes = await appendBehindAnother([[text], [text], [text]]);
    expect(listEntries(outcomes)).toEqual([1, 2, 3, 4]);
    expect(assertLedgerIntegrity(node.ledger)).toHaveLength(4);
  });

  it('are all stale if another client came first', async () => {
    await start();
    const letGo = place.double.faults.holdAppends();
    const first = node.sequencer.append(createAppend(STREAM, -1));
    await waitUntil(() => place.double.faults.heldAppends === 1);
    const others = [0, 1, 2].map((revision) => node.sequencer.append(createAppend(STREAM, revision)));
    const letGoOthers = place.double.faults.holdAppends(() => writes === 2);
    letGo();
    await first;
    await waitUntil(() => place.double.faults.heldAppends === 1);
    place.appendFromOtherClient(STREAM, 0);
    letGoOthers();
    expect(listEntries(await Promise.all(others))).toEqual(['stale', 'stale', 'stale']);
  });

  it.each(['dropAfterAppend', 'timeoutAfterAppend', 'muteBeforeAppend'] as const)(
    'are recorded once, each of them, after the response of their write was lost by %s',
    async (fault) => {
      await start();
      const letGo = place.double.faults.holdAppends();
      const first = node.sequencer.append(createAppend(STREAM, -1));
      await waitUntil(() => place.double.faults.heldAppends === 1);
      const others = [0, 1, 2].map((revision) => node.sequencer.append(createAppend(STREAM, revision)));
      letGo();
      await first;
      place.double.faults[fault]();
      expect(listEntries(await Promise.all(others))).toEqual([2, 3, 4]);
      expect(assertLedgerIntegrity(node.ledger)).toHaveLength(4);
    },
  );

  it('are not written with one that requires a stream which is still on its way', async () => {
    await start();
    const letGo = place.double.faults.holdAppends((stream) => stream.endsWith('b-1'));
    const required = node.sequencer.append(createAppend('b-1', -1));
    await waitUntil(() => place.double.faults.heldAppends === 1);
    const outcomes = [
      node.sequencer.append(createAppend(STREAM, -1)),
      node.sequencer.append(createAppend(STREAM, 0)),
      node.sequencer.append(createAppend(STREAM, 1, ['x'], { requires: ['b-1'] })),
    ];
    expect(listEntries(await Promise.all(outcomes.slice(0, 2)))).toEqual([1, 2]);
    letGo();
    expect(await required).toMatchObject({ outcome: 'appended' });
    expect(await outcomes[2]).toMatchObject({ outcome: 'appended' });
  });
});
