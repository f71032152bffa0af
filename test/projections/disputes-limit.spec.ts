// How many claims against an event a row keeps and an item shows.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Dispute, limitDisputes } from '../../projections/_shared/disputes.js';

const claimsOf = (...lengths: number[]): Dispute[] =>
  lengths.map((length, entry) => ({ entry, claim: 'x'.repeat(length), sources: [] }));
const countAll = (claims: readonly Dispute[]): number =>
  claims.reduce((sum, { more = 0 }) => sum + 1 + more, 0);

describe('the claims of a row', () => {
  it('are all of them if they are few and short', () => {
    const claims = claimsOf(...Array.from({ length: 100 }, () => 100));
    expect(limitDisputes(claims)).toEqual(claims);
  });

  it('are at most 100', () => {
    const kept = limitDisputes(claimsOf(...Array.from({ length: 500 }, () => 1)));
    expect([kept.length, kept.at(-1)?.more]).toEqual([100, 400]);
  });

  it('are the first one at least, however long it is', () => {
    const kept = limitDisputes(claimsOf(500_000, 1));
    expect(kept.map(({ entry, more }) => [entry, more])).toEqual([[0, 1]]);
  });

  it('have the same limit and number when the rows of several events are joined, in any parts', () => {
    const parts = fc.array(fc.array(fc.nat(40_000), { maxLength: 60 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(parts, (lengths) => {
        const all = lengths.map((part) => claimsOf(...part));
        const joined = limitDisputes(all.flatMap(limitDisputes));
        const [first, ...others] = joined;
        expect(joined.length).toBeLessThanOrEqual(100);
        expect(first === undefined || JSON.stringify(others).length < 65_536 + 1000).toBe(true);
        expect(countAll(joined)).toBe(all.flat().length);
      }),
    );
  });
});
