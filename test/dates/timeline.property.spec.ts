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

/** All orders of these, in lexicographic order. */
function* listPermutations<T>(of: readonly T[]): Generator<readonly T[]> {
  if (of.length === 0) yield [];
  for (const [index, first] of of.entries())
    for (const rest of listPermutations(of.toSpliced(index, 1))) yield [first, ...rest];
}

const EARLIEST_DAY = '0000-00-00';
const LATEST_DAY = '9999-99-99';

/** Each fact on the first day left to it; undefined if one has none left. */
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

/** The definition, word for word. */
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
        words: `${record}: ${kind} ${earliest}..${latest}`,
      })),
    );

describe('the timeline of any facts', () => {
  it('is the first legal one of all their arrangements, or says what the sorted facts break', () => {
    fc.assert(
      fc.property(facts(6), (facts) => {
        expect(arrangeFacts(facts, membershipRules)).toEqual(arrangeExhaustively(facts));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is the same however they were entered, where no two have the same bounds', () => {
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

  it('has every fact once, on days that never go back, and breaks no rule', () => {
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
