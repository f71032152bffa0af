// Of several servers one may be behind the others for a while: what it does not have is not gone.
import { setTimeout as sleep } from 'node:timers/promises';
import type { KurrentDouble } from '../../../support/kurrentdb/kurrentdb-double.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import type { Node } from '../../../support/kurrentdb/double-node.js';
import { append } from '../../support/create-append.js';
import { type ClusterNode, ClusterPlace } from '../../support/cluster-fixture.js';
import { whole } from '../../support/ledger-integrity.js';

(isDouble ? describe : describe.skip)('a server that lags', () => {
  let place: ClusterPlace;
  let double: KurrentDouble;
  let behind: Node;
  let node: ClusterNode;
  beforeEach(async () => {
    place = await ClusterPlace.start({ nodes: 3 });
    ({ double } = place);
    behind = double.nodes[2]!;
    node = await place.node();
    await node.sequencer.append(append('a-1', -1));
  });
  afterEach(() => place.remove());

  it('is no other cluster to a node that starts on it: the one that leads has what it lacks', async () => {
    const catchesUp = behind.lag();
    await node.sequencer.append(append('a-1', 0));
    const file = await place.close(node);
    node = await place.node({ file, connection: behind.connectionString });
    await node.becomes('live');
    expect(await node.sequencer.append(append('a-1', 1))).toMatchObject({ entry: 3 });
    catchesUp();
    expect(node.ends).toEqual([]);
  });

  it('is asked again, if it was deposed and answers all the same', async () => {
    await node.sequencer.append(append('a-1', 0));
    double.faults.deposed(2);
    expect(await node.sequencer.append(append('a-1', 1))).toMatchObject({ entry: 3 });
    expect(node.ends).toEqual([]);
  });

  it('is no server of the same log, if that does not change', async () => {
    const hasty = await place.node({ patience: { outcome: 300 } });
    double.faults.deposed(100);
    await expect(hasty.sequencer.append(append('a-1', 0))).rejects.toMatchObject({ code: 'outcome-unknown' });
    expect(hasty.ends).toEqual([
      expect.stringMatching(/^The stream a-1 was deleted, truncated or put back in the cluster/),
    ]);
    double.faults.clear();
  });

  it('is waited for, if it leads before it has caught up', async () => {
    const catchUp = double.nodes.slice(1).map((other) => other.lag());
    await node.sequencer.append(append('a-1', 0));
    await double.nodes[0]!.stop();
    await node.becomes('cut-off');
    await sleep(500);
    expect([node.sequencer.condition, node.ends]).toEqual(['cut-off', []]);
    for (const caughtUp of catchUp) caughtUp();
    await node.becomes('live');
    expect(await node.sequencer.append(append('a-1', 1))).toMatchObject({ entry: 3 });
    expect(whole(node.ledger)).toHaveLength(3);
  });
});
