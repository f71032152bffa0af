// Other clients of the same cluster may write to any stream that their permissions allow. No event that they append
// outside the streams of a ledger ends, stalls or misleads a node.
import type { KurrentDbDouble } from '../../../support/kurrentdb/kurrentdb-double.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import { createProposedEvent } from '../../../support/kurrentdb/transaction-log.js';
import { createAppend } from '../../support/create-append.js';
import { type ClusterNode, ClusterFixture } from '../../support/cluster-fixture.js';
import { assertLedgerIntegrity } from '../../support/ledger-integrity.js';

(isDouble ? describe : describe.skip)('an event of another client', () => {
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

  const soft = '\u00ad';
  const names: [what: string, name: (prefix: string) => string][] = [
    [
      'begins with the prefix and a soft hyphen inside',
      (prefix) => `${prefix.slice(0, 3)}${soft}${prefix.slice(3)}/x-1`,
    ],
    ['begins with a zero width space and the prefix', (prefix) => `\u200b${prefix}/x-1`],
    ['has a soft hyphen between the prefix and the slash', (prefix) => `${prefix}${soft}/x-1`],
    ['has a soft hyphen behind the slash', (prefix) => `${prefix}/${soft}x-1`],
    ['has a space behind the slash', (prefix) => `${prefix}/x 1`],
    ['has a letter that no name contains', (prefix) => `${prefix}/größe-1`],
    ['has a quote', (prefix) => `${prefix}/x"1`],
    ['has nothing behind the slash', (prefix) => `${prefix}/`],
  ];

  it.each(names)('is skipped if the name of its stream %s', async (_, toName) => {
    const name = toName(place.prefix);
    double.log.append(name, 'any', [createProposedEvent('Said', { words: 'foreign' })]);
    double.log.append(name, 'any', [
      { ...createProposedEvent('$any', {}), isJson: false, data: Buffer.from('{') },
    ]);
    expect(await node.sequencer.append(createAppend('a-1', 0))).toMatchObject({ entry: 2 });
    const file = await place.closeNode(node);
    for (const again of [await place.openNode({ file }), await place.openNode()]) {
      expect(assertLedgerIntegrity(again.ledger).map(({ stream }) => stream)).toEqual(['a-1', 'a-1']);
      expect([again.fatalMessages, again.warnings]).toEqual([[], []]);
    }
  });

  it('is skipped also when its stream was deleted permanently', async () => {
    const name = `${place.prefix}/x 1`;
    double.log.append(name, 'any', [createProposedEvent('Said', {})]);
    double.log.tombstone(name, 'any');
    expect(await node.sequencer.append(createAppend('a-1', 0))).toMatchObject({ entry: 2 });
    expect(node.fatalMessages).toEqual([]);
  });
});
