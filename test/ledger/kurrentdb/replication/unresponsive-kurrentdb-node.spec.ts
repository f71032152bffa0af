// Silence counts as the end of the log only once the cluster has responded, and only while it makes no progress.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KurrentDbConnection } from '../../../../src/ledger/kurrentdb/client/kurrentdb-connection.js';
import { copyLogToFile } from '../../../../src/ledger/kurrentdb/replication/copy-log-to-file.js';
import { LedgerUnusableError } from '../../../../src/ledger/ledger-unusable-error.js';
import { SqliteLedger } from '../../../../src/ledger/sqlite/sqlite-ledger.js';
import type { KurrentDbDouble } from '../../../support/kurrentdb/kurrentdb-double.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import { createProposedEvent } from '../../../support/kurrentdb/transaction-log.js';
import { ClusterFixture } from '../../support/cluster-fixture.js';
import { createTemporaryDirectory } from '../../support/temporary-directory.js';

(isDouble ? describe : describe.skip)('a KurrentDB node that sends nothing', () => {
  let place: ClusterFixture;
  let double: KurrentDbDouble;
  beforeEach(async () => {
    place = await ClusterFixture.start();
    ({ double } = place);
  });
  afterEach(() => place.removeAll());

  /** Resolves to the number of entries in the copy. */
  const copied = async (idleTimeoutMs: number): Promise<number> => {
    const { connection, prefix } = place;
    const cluster = new KurrentDbConnection({ connection, prefix });
    const file = join(createTemporaryDirectory(), 'copy.db');
    const { signal } = new AbortController();
    try {
      await copyLogToFile({ connection: cluster, file, idleTimeoutMs, signal, onHead: () => undefined });
    } finally {
      cluster.close();
    }
    const ledger = new SqliteLedger(file);
    const { entry } = ledger.getHead();
    ledger.close();
    return entry;
  };
  /** Events of other clients, which the server filters one by one. */
  const foreign = (count: number): void => {
    for (let n = 0; n < count; n++)
      double.log.append('others/1', 'any', [createProposedEvent('Said', { n })]);
  };

  it('keeps a node without a copy from starting', async () => {
    place.appendFromOtherClient('a-1', -1);
    const answer = double.faults.holdReads();
    await expect(place.openNode({ timeouts: { connectMs: 3_000 } })).rejects.toThrow(
      /^The cluster that LEDGER names cannot be reached/,
    );
    answer();
  });

  it('leaves a disconnected node cut off', async () => {
    const node = await place.openNode();
    const answer = double.faults.holdReads();
    double.disconnect();
    await node.waitForState('cut-off');
    await sleep(2_500);
    expect(node.sequencer.connectionState).toBe('cut-off');
    answer();
    await node.waitForState('live');
  });

  it('is not copied as an empty log', async () => {
    place.appendFromOtherClient('a-1', -1);
    const answer = double.faults.holdReads();
    await expect(copied(2_500)).rejects.toBeInstanceOf(LedgerUnusableError);
    answer();
  });

  it.each([
    ['reports that it has caught up', true],
    ['does not report that it has caught up', false],
  ])('while it filters events of other clients is copied to the end, if it %s', async (_, tells) => {
    place.appendFromOtherClient('a-1', -1);
    foreign(600);
    place.appendFromOtherClient('a-2', -1);
    double.faults.sendsCaughtUp = tells;
    // All of them take longer than the silence that ends a copy, and 32 of them are delivered between two checkpoints.
    double.faults.delayDeliveries(10);
    expect(await copied(2_800)).toBe(2);
  });

  it('keeps a node from being live while it filters events of other clients', async () => {
    place.appendFromOtherClient('a-1', -1);
    foreign(150);
    place.appendFromOtherClient('a-2', -1);
    double.faults.sendsCaughtUp = false;
    double.faults.delayDeliveries(20);
    const node = await place.openNode();
    expect([node.sequencer.connectionState, node.ledger.getHead().entry]).toEqual(['live', 2]);
  });
});
