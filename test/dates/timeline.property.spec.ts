import * as fc from 'fast-check';
import type { DateBounds } from '../../src/dates/edtf.js';
import { arrangeFacts } from '../../src/dates/timeline.js';
import {
  membershipRules,
  type RuleViolation,
  type Fact,
  type Kind,
  type State,
} from './support/membership-rules.js';

/** All permutations of the items, in lexicographic order. */
function* listPermutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [index, first] of items.entries())
    for (const rest of listPermutations(items.toSpliced(index, 1))) yield [first, ...rest];
}

const EARLIEST_DAY = '0000-00-00';
const LATEST_DAY = '9999-99-99';

/** Whether every fact has a day that is not before the day of the previous fact; each takes the first such day. */
const hasDays = (facts: readonly Fact[]) =>
  facts.reduce<string | undefined>((reached, { when }) => {
    if (reached === undefined) return undefined;
    const day = (when.earliest ?? EARLIEST_DAY) > reached ? (when.earliest ?? EARLIEST_DAY) : reached;
    return day <= (when.latest ?? LATEST_DAY) ? day : undefined;
  }, EARLIEST_DAY) !== undefined;

const findFirstViolation = (facts: readonly Fact[]): { rule: RuleViolation; fact: Fact } | undefined => {
  let state: State = membershipRules.initialState;
  for (const fact of facts) {
    const next: State | RuleViolation = membershipRules.step(state, fact);
    if (typeof next !== 'string') return { rule: next, fact };
    state = next;
  }
  return undefined;
};

/** The definition of the arrangement, implemented as an exhaustive search. */
function arrangeExhaustively(
  facts: readonly Fact[],
): ReturnType<typeof arrangeFacts<Fact, string, RuleViolation>> {
  const key = ({ earliest, latest }: DateBounds) => `${earliest ?? EARLIEST_DAY} ${latest ?? LATEST_DAY}`;
  const sorted = facts
    .map((fact, record) => ({ fact, key: `${key(fact.when)} ${record}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ fact }) => fact);
  for (const order of listPermutations(sorted))
    if (hasDays(order) && !findFirstViolation(order)) return { outcome: 'arranged', facts: order };
  const broken = findFirstViolation(sorted);
  if (!broken) throw new Error('the sorted order has no days');
  return { outcome: 'broken', ...broken };
}

const day = fc.integer({ min: 1, max: 9 }).map((digit): string | null => `2011-01-0${digit}`);
const when = fc.oneof(
  fc.tuple(day, day).map((days) => days.toSorted()),
  day.map((day) => [day, day]),
  day.map((day) => [null, day]),
  day.map((day) => [day, null]),
);
const facts = (maxLength: number) =>
  fc
    .array(
      fc.tuple(fc.constantFrom<Kind>('joined', 'joined', 'ended', 'ended', 'suspended', 'resumed'), when),
      {
        maxLength,
      },
    )
    .map((facts) =>
      facts.map(([kind, [earliest = null, latest = null]], record): Fact => ({
        kind,
        when: { earliest, latest },
        text: `${record}: ${kind} ${earliest}..${latest}`,
      })),
    );

describe('the arrangement of any facts', () => {
  it('is the first legal permutation, or names the rule that the sorted facts break', () => {
    fc.assert(
      fc.property(facts(6), (facts) => {
        expect(arrangeFacts(facts, membershipRules)).toEqual(arrangeExhaustively(facts));
      }),
      { numRuns: 3_000 },
    );
  });

  it('does not depend on the record order if no two facts have the same bounds', () => {
    fc.assert(
      fc.property(
        facts(20).chain((facts) => {
          const distinct = [...new Map(facts.map((fact) => [JSON.stringify(fact.when), fact])).values()];
          return fc.tuple(
            fc.constant(distinct),
            fc.shuffledSubarray(distinct, { minLength: distinct.length, maxLength: distinct.length }),
          );
        }),
        ([facts, shuffled]) =>
          expect(arrangeFacts(shuffled, membershipRules)).toEqual(arrangeFacts(facts, membershipRules)),
      ),
    );
  });

  it('contains every fact once, in date order, and breaks no rule', () => {
    fc.assert(
      fc.property(facts(40), (facts) => {
        const arrangement = arrangeFacts(facts, membershipRules);
        expect(arrangement.outcome).not.toBe('too-many');
        if (arrangement.outcome !== 'arranged') return;
        expect(new Set(arrangement.facts)).toEqual(new Set(facts));
        expect(hasDays(arrangement.facts)).toBe(true);
        expect(findFirstViolation(arrangement.facts)).toBeUndefined();
      }),
    );
  });
});
