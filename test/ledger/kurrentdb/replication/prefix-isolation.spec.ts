import { append } from '../../support/create-append.js';
import { ClusterPlace } from '../../support/cluster-fixture.js';
import { whole } from '../../support/ledger-integrity.js';

describe('ledgers in one cluster', () => {
  it('never see each other, also when the prefix of one is the beginning of another', async () => {
    const place = await ClusterPlace.start();
    const prefixes = ['', 'x', 'x1'].map((end) => `${place.prefix}${end}`);
    const nodes = await Promise.all(prefixes.map((prefix) => place.node({ prefix })));
    for (let revision = -1; revision < 20; revision++)
      await Promise.all(
        nodes.map(async ({ sequencer }, index) =>
          expect(await sequencer.append(append('a-1', revision, [prefixes[index]!, 'more']))).toBeDefined(),
        ),
      );
    for (const [index, { ledger }] of nodes.entries()) {
      const words = whole(ledger).map(({ data }) => (JSON.parse(data) as { words: string }).words);
      expect(new Set(words)).toEqual(new Set([prefixes[index], 'more']));
      expect(words.length).toBeGreaterThan(20);
    }
    const late = await Promise.all(prefixes.map((prefix) => place.node({ prefix })));
    expect(late.map(({ ledger }) => ledger.after(0, 100))).toEqual(
      nodes.map(({ ledger }) => ledger.after(0, 100)),
    );
    await place.remove();
  });

  it('are numbered from 1 without gaps, whatever else is in the log', async () => {
    const place = await ClusterPlace.start({ statisticsAfter: 1 });
    const node = await place.node();
    for (let index = 0; index < 10; index++)
      expect(await node.sequencer.append(append(`a-${index}`, -1))).toMatchObject({ entry: index + 1 });
    await place.remove();
  });
});
