import { createAppend } from '../../support/create-append.js';
import { ClusterFixture } from '../../support/cluster-fixture.js';
import { assertLedgerIntegrity } from '../../support/ledger-integrity.js';

describe('ledgers in one cluster', () => {
  it('do not see each other, also when one prefix begins with the other', async () => {
    const place = await ClusterFixture.start();
    const prefixes = ['', 'x', 'x1'].map((end) => `${place.prefix}${end}`);
    const nodes = await Promise.all(prefixes.map((prefix) => place.openNode({ prefix })));
    for (let revision = -1; revision < 20; revision++)
      await Promise.all(
        nodes.map(async ({ sequencer }, index) =>
          expect(
            await sequencer.append(createAppend('a-1', revision, [prefixes[index]!, 'more'])),
          ).toBeDefined(),
        ),
      );
    for (const [index, { ledger }] of nodes.entries()) {
      const words = assertLedgerIntegrity(ledger).map(
        ({ data }) => (JSON.parse(data) as { words: string }).words,
      );
      expect(new Set(words)).toEqual(new Set([prefixes[index], 'more']));
      expect(words.length).toBeGreaterThan(20);
    }
    const late = await Promise.all(prefixes.map((prefix) => place.openNode({ prefix })));
    expect(late.map(({ ledger }) => ledger.readAfter(0, 100))).toEqual(
      nodes.map(({ ledger }) => ledger.readAfter(0, 100)),
    );
    await place.removeAll();
  });

  it('number their entries from 1 without gaps, whatever else the log contains', async () => {
    const place = await ClusterFixture.start({ statisticsAfter: 1 });
    const node = await place.openNode();
    for (let index = 0; index < 10; index++)
      expect(await node.sequencer.append(createAppend(`a-${index}`, -1))).toMatchObject({ entry: index + 1 });
    await place.removeAll();
  });
});
