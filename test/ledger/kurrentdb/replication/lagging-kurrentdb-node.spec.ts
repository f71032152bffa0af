// A node of KurrentDB may lag behind the others: events that it does not have are not lost.
import { setTimeout as sleep } from 'node:timers/promises';
import type { KurrentDbDouble } from '../../../support/kurrentdb/kurrentdb-double.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import type { DoubleNode } from '../../../support/kurrentdb/double-node.js';
import { createAppend } from '../../support/create-append.js';
import { type ClusterNode, ClusterFixture } from '../../support/cluster-fixture.js';
import { assertLedgerIntegrity } from '../../support/ledger-integrity.js';

(isDouble ? describe : describe.skip)('a KurrentDB node that lags behind', () => {
  let place: ClusterFixture;
  let double: KurrentDbDouble;
  let behind: DoubleNode;
  let node: ClusterNode;
  beforeEach(async () => {
    place = await ClusterFixture.start({ nodes: 3 });
    ({ double } = place);
    behind = double.nodes[2]!;
    node = await place.openNode();
    await node.sequencer.append(createAppend('a-1', -1));
  });
  afterEach(() => place.removeAll());

  it('does not prevent the start, because the leader has the missing event', async () => {
    const catchesUp = behind.lag();
    await node.sequencer.append(createAppend('a-1', 0));
    const file = await place.closeNode(node);
    node = await place.openNode({ file, connection: behind.connectionString });
    await node.waitForState('live');
    expect(await node.sequencer.append(createAppend('a-1', 1))).toMatchObject({ entry: 3 });
    catchesUp();
    expect(node.fatalMessages).toEqual([]);
  });

  it('is retried if it was deposed and still responds', async () => {
    await node.sequencer.append(createAppend('a-1', 0));
    double.faults.deposed(2);
    expect(await node.sequencer.append(createAppend('a-1', 1))).toMatchObject({ entry: 3 });
    expect(node.fatalMessages).toEqual([]);
  });

  it('leaves the outcome open if its stream stays shorter than the ledger, and does not end the node', async () => {
    const hasty = await place.openNode({ timeouts: { outcomeMs: 300 } });
    double.faults.deposed(100);
    const refused = hasty.sequencer.append(createAppend('a-1', 0));
    const { code } = await refused.then(
      () => ({ code: 'none' }),
      (error: unknown) => error as { code: string },
    );
    double.faults.clear();
    await hasty.waitForState('live');
    const { outcome } = await hasty.sequencer.append(createAppend('a-1', 0));
    // An attempt without a response may be written later, and then once; `cut-off` means that nothing is.
    expect([
      ['cut-off', 'appended'],
      ['outcome-unknown', 'appended'],
      ['outcome-unknown', 'stale'],
    ]).toContainEqual([code, outcome]);
    expect(hasty.ledger.readStream('a-1')).toHaveLength(2);
    expect(hasty.fatalMessages).toEqual([]);
  });

  it('is waited for, beyond any patience, if it becomes the leader before it has caught up', async () => {
    const patient = await place.openNode({ timeouts: { missingEventMs: 50 } });
    const catchUp = double.nodes.slice(1).map((other) => other.lag());
    await node.sequencer.append(createAppend('a-1', 0));
    await place.waitUntilCaughtUp(patient);
    await double.nodes[0]!.stop();
    await patient.waitForState('cut-off');
    // Ten times as long as an event may be missing from a log that goes past it.
    await sleep(500);
    expect([patient.sequencer.connectionState, patient.fatalMessages]).toEqual(['cut-off', []]);
    for (const caughtUp of catchUp) caughtUp();
    for (const each of [node, patient]) {
      await each.waitForState('live');
      expect(each.fatalMessages).toEqual([]);
    }
    expect(await node.sequencer.append(createAppend('a-1', 1))).toMatchObject({ entry: 3 });
    expect(assertLedgerIntegrity(node.ledger)).toHaveLength(3);
  });
});
