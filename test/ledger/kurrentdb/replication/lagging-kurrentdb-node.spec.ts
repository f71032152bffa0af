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

  it('ends the node if its stream stays shorter than the ledger', async () => {
    const hasty = await place.openNode({ timeouts: { outcomeMs: 300 } });
    double.faults.deposed(100);
    await expect(hasty.sequencer.append(createAppend('a-1', 0))).rejects.toMatchObject({
      code: 'outcome-unknown',
    });
    expect(hasty.fatalMessages).toEqual([
      expect.stringMatching(/^The stream a-1 was deleted, truncated or restored in the cluster/),
    ]);
    double.faults.clear();
  });

  it('may become the leader before it has caught up: the append waits', async () => {
    const catchUp = double.nodes.slice(1).map((other) => other.lag());
    await node.sequencer.append(createAppend('a-1', 0));
    await double.nodes[0]!.stop();
    await node.waitForState('cut-off');
    await sleep(500);
    expect([node.sequencer.connectionState, node.fatalMessages]).toEqual(['cut-off', []]);
    for (const caughtUp of catchUp) caughtUp();
    await node.waitForState('live');
    expect(await node.sequencer.append(createAppend('a-1', 1))).toMatchObject({ entry: 3 });
    expect(assertLedgerIntegrity(node.ledger)).toHaveLength(3);
  });
});
