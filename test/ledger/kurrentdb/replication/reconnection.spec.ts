// A node that cannot reach the cluster serves reads from its copy, records nothing, and reconnects by itself.
import { UnavailableError } from '../../../../src/ledger/sequencer.js';
import { LedgerUnusableError } from '../../../../src/ledger/ledger-unusable-error.js';
import type { KurrentDbDouble } from '../../../support/kurrentdb/kurrentdb-double.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import { waitUntil } from '../../../support/wait-until.js';
import { createAppend } from '../../support/create-append.js';
import { type ClusterNode, ClusterFixture } from '../../support/cluster-fixture.js';
import { assertLedgerIntegrity } from '../../support/ledger-integrity.js';

(isDouble ? describe : describe.skip)('a node that is cut off from its cluster', () => {
  let place: ClusterFixture;
  let double: KurrentDbDouble;
  let node: ClusterNode;
  beforeEach(async () => {
    place = await ClusterFixture.start();
    double = place.double;
    node = await place.openNode();
    await node.sequencer.append(createAppend('a-1', -1));
  });
  afterEach(() => place.removeAll());

  const refused = async (revision: number): Promise<UnavailableError> => {
    const refusal: unknown = await node.sequencer
      .append(createAppend('a-1', revision))
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnavailableError);
    return refusal as UnavailableError;
  };

  it('refuses appends, warns its operator, and serves reads', async () => {
    await double.stop();
    await node.waitForState('cut-off');
    const { code, message, retryAfterSeconds } = await refused(0);
    expect([code, retryAfterSeconds]).toEqual(['cut-off', 5]);
    expect(message).toMatch(/^This node is cut off from the cluster .*\.$/);
    expect(node.warnings).toEqual([
      expect.stringMatching(/^Cut off from the cluster \(.+\): reads are answered/),
    ]);
    expect(node.ledger.getHead().entry).toBe(1);
  });

  it('reconnects by itself, and replicates what other nodes recorded meanwhile', async () => {
    await double.stop();
    await node.waitForState('cut-off');
    place.appendFromOtherClient('a-1', 0, ['x', 'y']);
    await double.start();
    await node.waitForState('live');
    expect(assertLedgerIntegrity(node.ledger)).toHaveLength(3);
    expect(await node.sequencer.append(createAppend('a-1', 2))).toMatchObject({ entry: 4 });
    expect(node.warnings.at(-1)).toBe('Connected to the cluster again: commands can be recorded.');
    expect(node.fatalMessages).toEqual([]);
  });

  it.each([
    ['broken', () => double.disconnect()],
    ['ended by the server', () => double.faults.endSubscriptions()],
  ])('reconnects at once when its connection is %s', async (_, cut) => {
    for (let entry = 2; entry < 6; entry++) {
      cut();
      await node.waitForState('cut-off');
      place.appendFromOtherClient('b-1', entry - 3);
      await node.waitForState('live');
      expect(assertLedgerIntegrity(node.ledger)).toHaveLength(entry);
    }
  });

  it('subscribes again when its open subscription does not deliver what it recorded', async () => {
    double.faults.stallSubscriptions();
    expect(await node.sequencer.append(createAppend('a-1', 0))).toMatchObject({ entry: 2 });
    double.faults.stallSubscriptions();
    place.appendFromOtherClient('a-1', 1);
    expect(await node.sequencer.append(createAppend('a-1', 1))).toEqual({ outcome: 'stale' });
    expect(assertLedgerIntegrity(node.ledger)).toHaveLength(3);
    expect(node.fatalMessages).toEqual([]);
  });

  it('is live as soon as it has caught up, although other nodes keep recording', async () => {
    let isOver = false;
    const recording = (async () => {
      for (let n = 0; !isOver; n++) {
        place.appendFromOtherClient(`busy-${n}`, -1);
        await new Promise(setImmediate);
      }
    })();
    try {
      double.disconnect();
      await node.waitForState('cut-off');
      await node.waitForState('live');
    } finally {
      isOver = true;
      await recording;
    }
    await place.waitUntilCaughtUp(node);
  }, 20_000);

  it.each(['reads', 'subscriptions'] as const)(
    'retries when the server does not respond to its %s',
    async (kind) => {
      double.faults.ignoreReads(kind);
      double.disconnect();
      await node.waitForState('cut-off');
      await node.waitForState('live');
      expect(await node.sequencer.append(createAppend('a-1', 0))).toMatchObject({ entry: 2 });
    },
  );

  it('starts with its copy, and catches up when the cluster is available', async () => {
    const file = await place.closeNode(node);
    await double.stop();
    node = await place.openNode({ file });
    expect(node.sequencer.connectionState).toBe('cut-off');
    expect(node.ledger.getHead().entry).toBe(1);
    expect((await refused(0)).code).toBe('cut-off');
    place.appendFromOtherClient('a-1', 0);
    await double.start();
    await node.waitForState('live');
    expect(node.ledger.getHead().entry).toBe(2);
  });

  it('does not start without a copy', async () => {
    await double.stop();
    const started = place.openNode({ timeouts: { connectMs: 300 } });
    await expect(started).rejects.toBeInstanceOf(LedgerUnusableError);
    await expect(started).rejects.toThrow(
      /^The cluster that LEDGER names cannot be reached \(.+\), and this node has no/,
    );
  });

  it('says so if its server refuses the user, which is a fault of the configuration', async () => {
    const reason = /it refuses the user in LEDGER: check its password and its rights/;
    double.faults.denyAccess();
    await expect(place.openNode({ timeouts: { connectMs: 300 } })).rejects.toThrow(reason);
    double.disconnect();
    await node.waitForState('cut-off');
    await waitUntil(async () => reason.test((await refused(0)).message));
    double.faults.denyAccess(false);
    await node.waitForState('live');
  });

  it('waits for the cluster at the start if it has no copy', async () => {
    await double.stop();
    const started = place.openNode();
    setTimeout(() => void double.start(), 300);
    expect((await started).ledger.getHead().entry).toBe(1);
  });

  it('can be stopped at once', async () => {
    await double.stop();
    await node.waitForState('cut-off');
    await place.closeNode(node);
    await expect(node.sequencer.append(createAppend('a-1', 0))).rejects.toMatchObject({ code: 'stopping' });
  });

  it('is not reported as cut off while the cluster is too busy to respond, until appends time out', async () => {
    const hasty = await place.openNode({ timeouts: { outcomeMs: 200 } });
    double.faults.unavailable();
    const refusal = hasty.sequencer.append(createAppend('a-1', 0));
    await expect(refusal).rejects.toBeInstanceOf(UnavailableError);
    double.faults.available();
    await hasty.waitForState('live');
    // Appends without a response may still be recorded, so the number of this entry is not known.
    expect(await hasty.sequencer.append(createAppend('b-1', -1))).toMatchObject({ outcome: 'appended' });
  });
});

(isDouble ? describe : describe.skip)('a cluster of several servers', () => {
  let place: ClusterFixture;
  beforeEach(async () => (place = await ClusterFixture.start({ nodes: 3 })));
  afterEach(() => place.removeAll());

  it('may lose its leader, and the node finds the next one', async () => {
    const { double } = place;
    const node = await place.openNode();
    for (let round = 0; round < 2; round++) {
      const leader = double.leader!;
      expect(await node.sequencer.append(createAppend(`a-${round}`, -1))).toMatchObject({
        entry: 2 * round + 1,
      });
      await leader.stop();
      await node.waitForState('live');
      const append = createAppend(`b-${round}`, -1);
      for (;;) {
        const outcome = await node.sequencer
          .append(append)
          .catch((error: unknown) => (error as UnavailableError).code);
        if (outcome === 'cut-off') continue;
        expect(outcome).toMatchObject({ entry: 2 * round + 2 });
        break;
      }
      await leader.start();
    }
  });

  it('is retried when another server has become the leader', async () => {
    const { double } = place;
    const node = await place.openNode();
    double.faults.notLeader();
    expect(await node.sequencer.append(createAppend('a-1', -1))).toMatchObject({ entry: 1 });
  });

  it('cuts off only the node whose server is down', async () => {
    const { double } = place;
    const [one, other] = await Promise.all(
      double.nodes.slice(1).map(({ connectionString }) => place.openNode({ connection: connectionString })),
    );
    await double.nodes[1]!.stop();
    await one!.waitForState('cut-off');
    expect(await other!.sequencer.append(createAppend('a-1', -1))).toMatchObject({ entry: 1 });
    await double.nodes[1]!.start();
    await one!.waitForState('live');
    expect(assertLedgerIntegrity(one!.ledger)).toEqual(assertLedgerIntegrity(other!.ledger));
  });
});
