import * as fc from 'fast-check';
import { FactTimeline } from '../../src/dates/fact-timeline.js';
import { arrangeFacts } from '../../src/dates/timeline.js';
import { membershipRules, parseFact } from './support/membership-rules.js';

type Rules = typeof membershipRules;
type Fact = ReturnType<typeof parseFact>;

const buildTimeline = (
  facts: readonly (readonly [number, Fact | undefined])[],
  rules: Rules = membershipRules,
) => facts.reduce((timeline, [revision, fact]) => timeline.set(revision, fact), FactTimeline.create(rules));

/** The broken rules as revision and code. */
const summarize = (timeline: ReturnType<typeof buildTimeline>) => {
  const broken = timeline.findBrokenRules();
  return broken === 'too-many' ? broken : broken.map(({ revision, rule }) => `${revision} ${rule.code}`);
};

const DAYS = ['1992', '1992-05-15', '1993', '[1992..1994]', '1994', '[..1993]', '1995', '1995/'];
const arbitraryFact = fc
  .tuple(fc.constantFrom('joined', 'ended', 'suspended', 'resumed'), fc.constantFrom(...DAYS))
  .map(([kind, day]) => parseFact(`${kind} ${day}`));

describe('a timeline of facts', () => {
  it('breaks rules exactly where no order of its facts is legal, in whatever order facts come and go', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 7 }), fc.option(arbitraryFact, { nil: undefined })), {
          maxLength: 16,
        }),
        (changes) => {
          const facts = new Map<number, Fact>();
          for (const [revision, fact] of changes)
            if (fact) facts.set(revision, fact);
            else facts.delete(revision);
          const inRecordOrder = [...facts].sort(([a], [b]) => a - b);
          const arranged = arrangeFacts(
            inRecordOrder.map(([, fact]) => fact),
            membershipRules,
          );
          const broken = buildTimeline(changes).findBrokenRules();
          if (arranged.outcome === 'arranged') expect(broken).toEqual([]);
          if (arranged.outcome === 'broken')
            expect(broken).toMatchObject([{ fact: arranged.fact, rule: arranged.rule }, ...broken.slice(1)]);
          // The same facts, set in another order, are the same timeline.
          expect(summarize(buildTimeline(inRecordOrder.toReversed()))).toEqual(
            summarize(buildTimeline(changes)),
          );
        },
      ),
      { numRuns: 500 },
    ));

  it('names every fact that breaks a rule, not only the first', () =>
    expect(
      summarize(
        buildTimeline([
          [0, parseFact('ended 1992')],
          [1, parseFact('joined 1993')],
          [2, parseFact('joined 1994')],
        ]),
      ),
    ).toEqual(['0 not-a-member', '2 already-member']));

  it('looks at a bounded number of facts for each fact that is added at its end', () => {
    let steps = 0;
    const counting: Rules = {
      ...membershipRules,
      step: (state, fact) => {
        steps++;
        return membershipRules.step(state, fact);
      },
    };
    const FACTS = 4_000;
    const facts = Array.from({ length: FACTS }, (_, n) => {
      const day = new Date(Date.UTC(1900, 0, 1 + n)).toISOString().slice(0, 10);
      return [n, parseFact(`${n % 2 ? 'ended' : 'joined'} ${day}`)] as const;
    });
    let timeline = FactTimeline.create(counting);
    for (const [revision, fact] of facts) {
      timeline = timeline.set(revision, fact);
      expect(timeline.findBrokenRules()).toEqual([]);
    }
    expect(steps).toBeLessThan(3 * FACTS);
    steps = 0;
    // A period in the middle, out of order: the states after it are the ones that were known.
    timeline = timeline
      .set(FACTS, parseFact('joined 1903-01-01'))
      .set(FACTS + 1, parseFact('ended 1903-01-01'));
    expect(steps).toBeLessThan(2 * FACTS);
    expect(timeline.size).toBe(FACTS + 2);
  });
});
