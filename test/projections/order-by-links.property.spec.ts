import * as fc from 'fast-check';
import { type Link, orderByLinks } from '../../projections/upcoming-meetings/order-by-links.js';

const listFollowers = (id: string, links: readonly Link[]): ReadonlySet<string> => {
  const found = new Set<string>();
  const add = (from: string): void => {
    for (const { earlier, later } of links)
      if (earlier === from && !found.has(later)) {
        found.add(later);
        add(later);
      }
  };
  add(id);
  return found;
};

/** The definition, in time that grows with the cube of the number of items. */
function orderNaively(items: readonly string[], links: readonly Link[]) {
  const followers = new Map(items.map((id) => [id, listFollowers(id, links)]));
  const mustPrecede = (a: string, b: string): boolean =>
    (followers.get(a)?.has(b) ?? false) && !(followers.get(b)?.has(a) ?? false);
  const remaining = [...items];
  const ordered: string[] = [];
  while (remaining.length > 0) {
    const next = remaining.findIndex((id) => !remaining.some((other) => mustPrecede(other, id)));
    ordered.push(...remaining.splice(next, 1));
  }
  return { ordered, cyclic: items.filter((id) => followers.get(id)?.has(id)) };
}

const IDS = [...'abcdefghij'];
const id = fc.constantFrom(...IDS);
const graph = fc.record({
  items: fc.shuffledSubarray(IDS),
  links: fc.array(fc.record({ earlier: id, later: id }), { maxLength: 14 }),
});

describe('the order by links', () => {
  it('is the first item that no other must precede, again and again', () => {
    fc.assert(
      fc.property(graph, ({ items, links }) => {
        const { ordered, cyclic } = orderByLinks(items, (each) => each, links);
        const expected = orderNaively(items, links);
        expect(ordered).toEqual(expected.ordered);
        expect(items.filter((each) => cyclic.has(each))).toEqual(expected.cyclic);
      }),
      { numRuns: 1_000 },
    );
  });

  it('looks at each item and each link a bounded number of times', () => {
    const count = 20_000;
    const items = Array.from({ length: count }, (_, n) => `m-${count - n}`);
    let looks = 0;
    const links = items.map((later, n) => ({
      get earlier() {
        looks++;
        return `m-${n}`;
      },
      later,
    }));
    const getId = (each: string): string => {
      looks++;
      return each;
    };
    expect(orderByLinks(items, getId, links).ordered).toHaveLength(count);
    expect(looks).toBeLessThan(12 * count);
  });

  it('follows a chain of 20,000 links', () => {
    const items = Array.from({ length: 20_000 }, (_, n) => `m-${n}`);
    const links = items.slice(1).map((earlier, n) => ({ earlier, later: `m-${n}` }));
    expect(orderByLinks(items, (each) => each, links).ordered).toEqual(items.toReversed());
  });
});
