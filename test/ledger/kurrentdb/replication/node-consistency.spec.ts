import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../../../../src/ledger/sequencer.js';
import { isDouble, itWithDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import { createAppend } from '../../support/create-append.js';
import { type ClusterNode, ClusterFixture } from '../../support/cluster-fixture.js';
import { assertLedgerIntegrity } from '../../support/ledger-integrity.js';

let place: ClusterFixture;
beforeEach(async () => (place = await ClusterFixture.start(isDouble ? { nodes: 3 } : undefined)));
afterEach(() => place.removeAll());

/** Makes `count` appends, twelve at a time, to any of the streams on any of the nodes. */
async function recordConcurrently(nodes: readonly ClusterNode[], appends: number): Promise<void> {
  const one = async (index: number): Promise<void> => {
    const { sequencer, ledger, fatalMessages } = nodes[index % nodes.length]!;
    const stream = `a-${index % 7}`;
    for (;;) {
      if (fatalMessages.length > 0) throw new Error(`A node is lost: ${fatalMessages[0]}`);
      const append = createAppend(
        stream,
        ledger.getStreamRevision(stream),
        index % 3 === 0 ? ['x', 'y'] : ['x'],
      );
      const outcome = await sequencer.append(append).catch((error: unknown) => error);
      if (outcome instanceof UnavailableError) await sleep(20);
      else if ((outcome as { outcome: string }).outcome === 'appended') return;
    }
  };
  let next = 0;
  const worker = async () => {
    while (next < appends) await one(next++);
  };
  await Promise.all(Array.from({ length: 12 }, worker));
}
const countEntries = (count: number): number => count + Math.ceil(count / 3);

it('nodes that write to the same streams have the same entry numbers and leaves', async () => {
  const nodes = await Promise.all([place.openNode(), place.openNode(), place.openNode()]);
  await recordConcurrently(nodes, 120);
  await place.waitUntilCaughtUp(...nodes);
  const [first, ...others] = nodes.map(({ ledger }) => assertLedgerIntegrity(ledger));
  expect(first).toHaveLength(countEntries(120));
  for (const other of others) expect(other).toEqual(first);
});

it('a restarted node continues behind its last entry', async () => {
  const [one, other] = [await place.openNode(), await place.openNode()];
  await recordConcurrently([one], 30);
  const file = await place.closeNode(one);
  await recordConcurrently([other], 30);
  const again = await place.openNode({ file });
  await recordConcurrently([again, other], 30);
  await place.waitUntilCaughtUp(again, other);
  expect(assertLedgerIntegrity(again.ledger)).toEqual(assertLedgerIntegrity(other.ledger));
  expect(again.ledger.getHead().entry).toBe(3 * countEntries(30));
});

it('a new node has all entries before it opens', async () => {
  const one = await place.openNode();
  const words = Array.from({ length: 50 }, (_, index) => `${index}`);
  const sent = Array.from({ length: 24 }, (_, index) =>
    createAppend(`a-${index % 3}`, Math.floor(index / 3) * words.length - 1, words),
  );
  await Promise.all(sent.map((append) => one.sequencer.append(append)));
  const fresh = await place.openNode();
  expect(fresh.sequencer.connectionState).toBe('live');
  expect(fresh.ledger.readAfter(0, 2_000)).toEqual(one.ledger.readAfter(0, 2_000));
  expect(fresh.ledger.getHead().entry).toBe(1_200);
});

itWithDouble('nodes neither lose nor repeat entries when connections break at any event', async () => {
  const { double } = place;
  const nodes = await Promise.all([place.openNode(), place.openNode()]);
  const over = new AbortController();
  const breaking = (async () => {
    for (let events = 1; !over.signal.aborted; events = (events % 9) + 1) {
      double.faults.disconnectAfterEvents(events);
      await sleep(30);
    }
  })();
  await recordConcurrently(nodes, 100);
  over.abort();
  await breaking;
  double.faults.clear();
  await place.waitUntilCaughtUp(...nodes);
  expect(assertLedgerIntegrity(nodes[0]!.ledger)).toEqual(assertLedgerIntegrity(nodes[1]!.ledger));
  expect(nodes[0]!.ledger.getHead().entry).toBe(countEntries(100));
});

describe('recordedAt', () => {
  const noon = Date.parse('2026-11-23T12:00:00.000Z');
  const at = (ms: number) => new Date(noon + ms).toISOString();

  it('never decreases when clocks differ, and is the same on every node', async () => {
    const ahead = await place.openNode({ now: () => noon + 3_000 });
    const behind = await place.openNode({ now: () => noon });
    const send = async ({ sequencer }: ClusterNode, stream: string) => {
      const outcome = await sequencer.append(createAppend(stream, -1));
      await place.waitUntilCaughtUp(ahead, behind);
      return 'recordedAt' in outcome ? outcome.recordedAt : outcome;
    };
    expect(await send(behind, 'a-1')).toBe(at(0));
    expect(await send(ahead, 'a-2')).toBe(at(3_000));
    expect(await send(behind, 'a-3')).toBe(at(3_000));
    expect(assertLedgerIntegrity(ahead.ledger)).toEqual(assertLedgerIntegrity(behind.ledger));
  });

  it('is refused by a node whose clock is far behind, and only by that one', async () => {
    const ahead = await place.openNode({ now: () => noon + 5_001 });
    const behind = await place.openNode({ now: () => noon });
    await ahead.sequencer.append(createAppend('a-1', -1));
    await place.waitUntilCaughtUp(behind);
    await expect(behind.sequencer.append(createAppend('a-1', 0))).rejects.toMatchObject({ code: 'clock' });
    expect(await ahead.sequencer.append(createAppend('a-1', 0))).toMatchObject({ entry: 2 });
  });

  itWithDouble('is raised to that of the previous entry when nodes race', async () => {
    const ahead = await place.openNode({ now: () => noon + 3_000 });
    const behind = await place.openNode({ now: () => noon });
    const letGo = place.double.faults.holdSubscriptions();
    const first = ahead.sequencer.append(createAppend('a-1', -1));
    while (place.double.log.stream(place.toClusterStreamName('a-1')) === null) await sleep(1);
    const second = behind.sequencer.append(createAppend('a-2', -1)); // its node has not received the first entry
    while (place.double.log.stream(place.toClusterStreamName('a-2')) === null) await sleep(1);
    letGo();
    expect(await Promise.all([first, second])).toMatchObject([
      { entry: 1, recordedAt: at(3_000) },
      { entry: 2, recordedAt: at(3_000) },
    ]);
  });
});

itWithDouble('an append whose dependency failed is refused even if the revision matches', async () => {
  const node = await place.openNode();
  const letGo = place.double.faults.holdAppends();
  const outcomes = [createAppend('a-1', -1), createAppend('a-1', 0)].map((append) =>
    node.sequencer.append(append),
  );
  place.appendFromOtherClient('a-1', -1);
  letGo();
  expect((await Promise.all(outcomes)).map(({ outcome }) => outcome)).toEqual(['stale', 'stale']);
  expect(assertLedgerIntegrity(node.ledger)).toHaveLength(1);
});

itWithDouble('a required stream counts as it was at the time of the call', async () => {
  const node = await place.openNode();
  const letGo = place.double.faults.holdSubscriptions();
  const outcomes = [
    createAppend('a-1', -1),
    createAppend('a-1', 0, ['both'], { requires: ['a-1', 'a-2'] }),
    createAppend('a-2', -1),
  ].map((append) => node.sequencer.append(append));
  while (place.double.log.stream(place.toClusterStreamName('a-2')) === null) await sleep(1);
  letGo(); // both in one batch
  expect((await Promise.all(outcomes)).map(({ outcome }) => outcome)).toEqual([
    'appended',
    'stale',
    'appended',
  ]);
});

itWithDouble(
  'a late response behind entries of other nodes refuses the append and nothing else',
  async () => {
    const node = await place.openNode();
    await node.sequencer.append(createAppend('a-1', -1));
    const deliver = place.double.faults.holdSubscriptions();
    place.appendFromOtherClient('a-1', 0); // the node has not received the other append
    const answer = place.double.faults.holdResponses();
    const late = node.sequencer.append(createAppend('a-1', 0));
    while (place.double.faults.heldResponses === 0) await sleep(1);
    place.appendFromOtherClient('a-1', 1);
    deliver();
    await place.waitUntilCaughtUp(node);
    answer();
    expect(await late).toEqual({ outcome: 'stale' });
    expect(node.fatalMessages).toEqual([]);
  },
);
