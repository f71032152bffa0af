// A node that does not reach the cluster answers from its copy, records nothing, and finds its way back by itself.
import { Unavailable } from '../../../../src/ledger/sequencer.js';
import { LedgerUnusable } from '../../../../src/ledger/sqlite/schema.js';
import type { KurrentDouble } from '../../../support/kurrentdb/kurrentdb-double.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import { append } from '../../support/create-append.js';
import { type ClusterNode, ClusterPlace } from '../../support/cluster-fixture.js';
import { whole } from '../../support/ledger-integrity.js';

(isDouble ? describe : describe.skip)('a node without its cluster', () => {
  let place: ClusterPlace;
  let double: KurrentDouble;
  let node: ClusterNode;
  beforeEach(async () => {
    place = await ClusterPlace.start();
    double = place.double;
    node = await place.node();
    await node.sequencer.append(append('a-1', -1));
  });
  afterEach(() => place.remove());

  const refused = async (revision: number): Promise<Unavailable> => {
    const refusal: unknown = await node.sequencer
      .append(append('a-1', revision))
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Unavailable);
    return refusal as Unavailable;
  };

  it('refuses what is to be recorded, says so to its operator, and is read as before', async () => {
    await double.stop();
    await node.becomes('cut-off');
    const { code, message, retryAfter } = await refused(0);
    expect([code, retryAfter]).toEqual(['cut-off', 5]);
    expect(message).toMatch(/^This node is cut off from the cluster .*\.$/);
    expect(node.warnings).toEqual([expect.stringMatching(/^Cut off from the cluster \(.+\): reads go on/)]);
    expect(node.ledger.head().entry).toBe(1);
  });

  it('goes on by itself when the cluster is there again, with what others recorded meanwhile', async () => {
    await double.stop();
    await node.becomes('cut-off');
    place.elsewhere('a-1', 0, ['x', 'y']);
    await double.start();
    await node.becomes('live');
    expect(whole(node.ledger)).toHaveLength(3);
    expect(await node.sequencer.append(append('a-1', 2))).toMatchObject({ entry: 4 });
    expect(node.warnings.at(-1)).toBe('The cluster is back: facts can be recorded again.');
    expect(node.ends).toEqual([]);
  });

  it.each([
    ['broken', () => double.disconnect()],
    ['ended by the server', () => double.faults.endSubscriptions()],
  ])('is without it only for a moment when its connection is %s', async (_, cut) => {
    for (let entry = 2; entry < 6; entry++) {
      cut();
      await node.becomes('cut-off');
      place.elsewhere('b-1', entry - 3);
      await node.becomes('live');
      expect(whole(node.ledger)).toHaveLength(entry);
    }
  });

  it('asks anew when it is not told what it recorded, though its connection stands', async () => {
    double.faults.stallSubscriptions();
    expect(await node.sequencer.append(append('a-1', 0))).toMatchObject({ entry: 2 });
    double.faults.stallSubscriptions();
    place.elsewhere('a-1', 1);
    expect(await node.sequencer.append(append('a-1', 1))).toEqual({ outcome: 'moved-on' });
    expect(whole(node.ledger)).toHaveLength(3);
    expect(node.ends).toEqual([]);
  });

  it('is back as soon as it has what was recorded meanwhile, though others go on recording', async () => {
    let isOver = false;
    const recording = (async () => {
      for (let n = 0; !isOver; n++) {
        place.elsewhere(`busy-${n}`, -1);
        await new Promise(setImmediate);
      }
    })();
    try {
      double.disconnect();
      await node.becomes('cut-off');
      await node.becomes('live');
    } finally {
      isOver = true;
      await recording;
    }
    await place.caughtUp(node);
  }, 20_000);

  it.each(['reads', 'subscriptions'] as const)('asks again when its %s are not answered', async (kind) => {
    double.faults.loseReads(kind);
    double.disconnect();
    await node.becomes('cut-off');
    await node.becomes('live');
    expect(await node.sequencer.append(append('a-1', 0))).toMatchObject({ entry: 2 });
  });

  it('starts with its copy, and catches up when the cluster comes', async () => {
    const file = await place.close(node);
    await double.stop();
    node = await place.node({ file });
    expect(node.sequencer.condition).toBe('cut-off');
    expect(node.ledger.head().entry).toBe(1);
    expect((await refused(0)).code).toBe('cut-off');
    place.elsewhere('a-1', 0);
    await double.start();
    await node.becomes('live');
    expect(node.ledger.head().entry).toBe(2);
  });

  it('does not start if it has no copy to answer from', async () => {
    await double.stop();
    const started = place.node({ patience: { contact: 300 } });
    await expect(started).rejects.toBeInstanceOf(LedgerUnusable);
    await expect(started).rejects.toThrow(
      /^The cluster that LEDGER names cannot be reached \(.+\), and this node has no/,
    );
  });

  it('waits for it at the start if it has no copy', async () => {
    await double.stop();
    const started = place.node();
    setTimeout(() => void double.start(), 300);
    expect((await started).ledger.head().entry).toBe(1);
  });

  it('stops at once, too', async () => {
    await double.stop();
    await node.becomes('cut-off');
    await place.close(node);
    await expect(node.sequencer.append(append('a-1', 0))).rejects.toMatchObject({ code: 'stopping' });
  });

  it('is not taken for cut off while the cluster is only too busy to answer, and is told so in the end', async () => {
    const hasty = await place.node({ patience: { outcome: 200 } });
    double.faults.unavailable();
    const refusal = hasty.sequencer.append(append('a-1', 0));
    await expect(refusal).rejects.toBeInstanceOf(Unavailable);
    double.faults.available();
    await hasty.becomes('live');
    // What it was told nothing of may yet come true, so nobody knows which entry this is.
    expect(await hasty.sequencer.append(append('b-1', -1))).toMatchObject({ outcome: 'appended' });
  });
});

(isDouble ? describe : describe.skip)('a cluster of several servers', () => {
  let place: ClusterPlace;
  beforeEach(async () => (place = await ClusterPlace.start({ nodes: 3 })));
  afterEach(() => place.remove());

  it('may lose its leader: the next one is found', async () => {
    const { double } = place;
    const node = await place.node();
    for (let round = 0; round < 2; round++) {
      const leader = double.leader!;
      expect(await node.sequencer.append(append(`a-${round}`, -1))).toMatchObject({ entry: 2 * round + 1 });
      await leader.stop();
      await node.becomes('live');
      const asked = append(`b-${round}`, -1);
      for (;;) {
        const outcome = await node.sequencer
          .append(asked)
          .catch((error: unknown) => (error as Unavailable).code);
        if (outcome === 'cut-off') continue;
        expect(outcome).toMatchObject({ entry: 2 * round + 2 });
        break;
      }
      await leader.start();
    }
  });

  it('is asked again when another server leads', async () => {
    const { double } = place;
    const node = await place.node();
    double.faults.notLeader();
    expect(await node.sequencer.append(append('a-1', -1))).toMatchObject({ entry: 1 });
  });

  it('cuts off only the node whose server is gone', async () => {
    const { double } = place;
    const [one, other] = await Promise.all(
      double.nodes.slice(1).map(({ connectionString }) => place.node({ connection: connectionString })),
    );
    await double.nodes[1]!.stop();
    await one!.becomes('cut-off');
    expect(await other!.sequencer.append(append('a-1', -1))).toMatchObject({ entry: 1 });
    await double.nodes[1]!.start();
    await one!.becomes('live');
    expect(whole(one!.ledger)).toEqual(whole(other!.ledger));
  });
});
