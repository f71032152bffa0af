// Events that were appended together become visible together on every node, wherever its connection breaks.
import { canonicalJson } from '../../../../src/json/canonical-json.js';
import { serializeEvent } from '../../../../src/ledger/kurrentdb/client/event-serializer.js';
import type { Json } from '../../../../src/json/json.js';
import type { KurrentDbDouble } from '../../../support/kurrentdb/kurrentdb-double.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import { createProposedEvent } from '../../../support/kurrentdb/transaction-log.js';
import { waitUntil } from '../../../support/wait-until.js';
import { createEvent } from '../../support/create-append.js';
import { type ClusterNode, ClusterFixture } from '../../support/cluster-fixture.js';

(isDouble ? describe : describe.skip)('a group of events', () => {
  let place: ClusterFixture;
  let double: KurrentDbDouble;
  let node: ClusterNode;
  /** The heads that the node emitted. */
  let heads: number[];
  beforeEach(async () => {
    place = await ClusterFixture.start();
    ({ double } = place);
    node = await place.openNode();
    heads = [];
    node.sequencer.heads.subscribe((head) => heads.push(head));
  });
  afterEach(() => place.removeAll());

  /** Another client appends events with these groups in their metadata. */
  const recorded = (stream: string, groups: readonly Json[]): void => {
    const events = groups.map((group) => {
      const metadata = canonicalJson({ actor: 'clerk', group });
      const stored = serializeEvent({ ...createEvent('words'), metadata }, new Date().toISOString());
      return createProposedEvent(stored.type, stored.data, stored.metadata, stored.id);
    });
    double.log.append(place.toClusterStreamName(stream), 'any', events);
  };
  const of = (size: number): Json[] => Array.from({ length: size }, (_, index) => ({ index, of: size }));
  const has = (entries: number): Promise<void> => waitUntil(() => node.ledger.getHead().entry === entries);

  it('is not visible in part while it is delivered', async () => {
    double.faults.delayDeliveries(15);
    recorded('a-1', of(4));
    recorded('a-2', of(3));
    await has(7);
    expect(heads.filter((head) => ![4, 7].includes(head))).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5])(
    'is not seen in part when the connection breaks after event %d',
    async (events) => {
      double.faults.disconnectAfterEvents(events);
      place.appendFromOtherClient('a-1', -1);
      recorded('a-2', of(4));
      await has(5);
      expect(heads.filter((head) => ![1, 5].includes(head))).toEqual([]);
    },
  );

  it('is visible as a whole also if it is larger than a batch of the writer', async () => {
    recorded('a-1', of(1_500));
    await has(1_500);
    expect(heads).toEqual([1_500]);
  });

  it.each<[what: string, groups: readonly Json[]]>([
    ['without a last event', [{ index: 0, of: 2 }]],
    ['without a first and a last event', [{ index: 5, of: 9 }]],
    ['with invalid metadata', [null]],
    ['with other invalid metadata', [{ index: -1, of: 'x' }, 'group', { index: 1e300, of: 1e301 }]],
  ])('%s delays neither later events nor the node', async (_, groups) => {
    recorded('a-1', groups);
    await has(groups.length);
    recorded('a-2', [{ index: 0, of: 2 }]);
    place.appendFromOtherClient('a-3', -1);
    await has(groups.length + 2);
    await node.waitForState('live');
    expect(node.fatalMessages).toEqual([]);
  });
});
