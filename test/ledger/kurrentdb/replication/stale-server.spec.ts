// A server that was cut off from the others, has lost its majority, or is frozen keeps subscriptions open and delivers
// nothing. A node on it finds that out, says so, and leaves it if it can.
import type { ConnectionState } from '../../../../src/ledger/sequencer.js';
import type { KurrentDbDouble } from '../../../support/kurrentdb/kurrentdb-double.js';
import type { DoubleNode } from '../../../support/kurrentdb/double-node.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import { waitUntil } from '../../../support/wait-until.js';
import { createAppend } from '../../support/create-append.js';
import { type ClusterNode, ClusterFixture } from '../../support/cluster-fixture.js';
import { assertLedgerIntegrity } from '../../support/ledger-integrity.js';

const faults: [what: string, begin: (server: DoubleNode) => () => void][] = [
  ['is cut off from the other servers', (server) => server.isolate()],
  ['is frozen', (server) => server.freeze()],
];

(isDouble ? describe : describe.skip)('a node on a server that no longer delivers', () => {
  let place: ClusterFixture;
  let double: KurrentDbDouble;
  let leader: DoubleNode;
  let node: ClusterNode;
  beforeEach(async () => {
    place = await ClusterFixture.start({ nodes: 3 });
    ({ double } = place);
    leader = double.leader!;
    node = await place.openNode();
    await node.sequencer.append(createAppend('a-1', -1));
  });
  afterEach(() => place.removeAll());

  it.each(faults)('leaves it, if it %s, for one that leads', async (_, begin) => {
    const end = begin(leader);
    place.appendFromOtherClient('b-1', -1);
    await waitUntil(() => node.ledger.getHead().entry === 2);
    await node.waitForState('live');
    expect(await node.sequencer.append(createAppend('a-1', 0))).toMatchObject({ entry: 3 });
    expect(node.fatalMessages).toEqual([]);
    end();
  });

  it.each(faults)('records what it was sent meanwhile, if it %s, with a known outcome', async (_, begin) => {
    const end = begin(leader);
    const outcomes = Array.from({ length: 8 }, (__, n) => node.sequencer.append(createAppend(`c-${n}`, -1)));
    for (const outcome of outcomes) expect(await outcome).toMatchObject({ outcome: 'appended' });
    end();
  });

  it.each(faults)('is cut off if it knows no other server and that one %s', async (_, begin) => {
    const single = await place.openNode({ connection: leader.connectionString });
    expect(single.sequencer.getAgeMs()).toBe(0);
    const end = begin(leader);
    place.appendFromOtherClient('b-1', -1);
    await single.waitForState('cut-off');
    expect(single.sequencer.getAgeMs()).toBeGreaterThan(0);
    await expect(single.sequencer.append(createAppend('a-1', 0))).rejects.toMatchObject({ code: 'cut-off' });
    expect(single.ledger.getHead().entry).toBe(1);
    end();
    await single.waitForState('live');
    expect(single.ledger.getHead().entry).toBe(2);
    expect([single.sequencer.getAgeMs(), single.fatalMessages]).toEqual([0, []]);
  });

  it('is cut off if that one lags behind, and goes to the leader that its server names', async () => {
    const behind = double.nodes[2]!;
    const single = await place.openNode({ connection: behind.connectionString });
    const states: ConnectionState[] = [];
    const catchUp = behind.lag();
    place.appendFromOtherClient('b-1', -1);
    await waitUntil(() => {
      const { connectionState } = single.sequencer;
      if (states.at(-1) !== connectionState) states.push(connectionState);
      return single.ledger.getHead().entry === 2 && connectionState === 'live';
    });
    expect(states).toContain('cut-off');
    expect(single.fatalMessages).toEqual([]);
    catchUp();
  });

  it('is cut off when the servers have lost their majority, and live again when they have one', async () => {
    await double.nodes[1]!.stop();
    await double.nodes[2]!.stop();
    await node.waitForState('cut-off');
    await waitUntil(() => node.warnings.length > 0);
    await double.nodes[1]!.start();
    await node.waitForState('live');
    expect(await node.sequencer.append(createAppend('a-1', 0))).toMatchObject({ entry: 2 });
  });

  it('goes to the new leader after an election', async () => {
    double.elect(double.nodes[1]!);
    const release = double.faults.holdSubscriptions(({ port }) => port === leader.port);
    place.appendFromOtherClient('b-1', -1);
    await waitUntil(() => node.ledger.getHead().entry === 2);
    expect(await node.sequencer.append(createAppend('a-1', 0))).toMatchObject({ entry: 3 });
    release();
  });

  it('subscribes again if its open subscription does not deliver what others recorded', async () => {
    double.faults.stallSubscriptions();
    place.appendFromOtherClient('b-1', -1);
    await waitUntil(() => node.ledger.getHead().entry === 2);
    expect(node.fatalMessages).toEqual([]);
  });

  it('is not cut off while events arrive faster than a confirmation', async () => {
    const leaderConfirmation = { intervalMs: 1, attemptMs: 30_000, retryMs: 1, silenceMs: 200 };
    const busy = await place.openNode({ timeouts: { leaderConfirmation } });
    for (let n = 0; n < 1_500; n++) {
      place.appendFromOtherClient(`busy-${n}`, -1);
      await new Promise(setImmediate);
    }
    await place.waitUntilCaughtUp(busy);
    expect([busy.sequencer.connectionState, busy.warnings]).toEqual(['live', []]);
  });

  it('is not cut off when its server aborts a subscription that is too slow', async () => {
    double.faults.abortSubscriptions();
    place.appendFromOtherClient('b-1', -1);
    await waitUntil(() => node.ledger.getHead().entry === 2);
    expect(node.warnings).toEqual([]);
    expect(assertLedgerIntegrity(node.ledger)).toHaveLength(2);
  });
});
