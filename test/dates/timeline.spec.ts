import { arrangeFacts } from '../../src/dates/timeline.js';
import { parseFact, membershipRules, type Kind } from './support/membership-rules.js';

const arrangeTexts = (...facts: string[]) => {
  const arrangement = arrangeFacts(facts.map(parseFact), membershipRules);
  return arrangement.outcome === 'arranged' ? arrangement.facts.map(({ text }) => text) : arrangement;
};
const createViolation = (text: string, code: string) => ({
  outcome: 'broken',
  rule: { code },
  fact: parseFact(text),
});

describe('the arrangement of facts', () => {
  it('of no facts is empty', () => expect(arrangeTexts()).toEqual([]));

  it('follows the dates, not the order of recording', () =>
    expect(
      arrangeTexts('joined 2006-08-16', 'ended 2012-12-19', 'ended 1999-04-02', 'joined 1993-09-24'),
    ).toEqual(['joined 1993-09-24', 'ended 1999-04-02', 'joined 2006-08-16', 'ended 2012-12-19']));

  it('puts a whole earlier membership before a known later one and refuses each half alone', () => {
    expect(arrangeTexts('joined 2006', 'joined 1992', 'ended 1999')).toEqual([
      'joined 1992',
      'ended 1999',
      'joined 2006',
    ]);
    expect(arrangeTexts('joined 2006', 'joined 1992')).toEqual(
      createViolation('joined 2006', 'already-member'),
    );
    expect(arrangeTexts('joined 2006', 'ended 1999')).toEqual(createViolation('ended 1999', 'not-a-member'));
  });

  it('puts an exact joining before an end in the same imprecise year', () =>
    expect(arrangeTexts('ended 1992', 'joined 1992-05-15')).toEqual(['joined 1992-05-15', 'ended 1992']));

  it('is refused if the whole year of the end is before the joining', () =>
    expect(arrangeTexts('ended 1992', 'joined 1993-01-01')).toEqual(
      createViolation('ended 1992', 'not-a-member'),
    ));

  it('allows rejoining on the day of leaving, in either order of recording', () =>
    expect(arrangeTexts('joined 1992', 'joined 1999-04-02', 'ended 1999-04-02')).toEqual([
      'joined 1992',
      'ended 1999-04-02',
      'joined 1999-04-02',
    ]));

  it('ends a suspension with the end of the membership', () => {
    expect(
      arrangeTexts('joined 1992', 'suspended 1994', 'ended 1999', 'joined 2006', 'suspended 2009'),
    ).toHaveLength(5);
    expect(
      arrangeTexts('joined 1992', 'suspended 1994', 'ended 1999', 'joined 2006', 'resumed 2009'),
    ).toEqual(createViolation('resumed 2009', 'not-suspended'));
  });

  it('is unique for exact days', () =>
    expect(arrangeTexts('joined 1992-05-16', 'ended 1992-05-15')).toEqual(
      createViolation('ended 1992-05-15', 'not-a-member'),
    ));

  it('puts a fact with an open bound anywhere on its open side', () => {
    expect(arrangeTexts('ended [..2011]', 'joined 1992')).toEqual(['joined 1992', 'ended [..2011]']);
    expect(arrangeTexts('joined 1992/', 'ended 2011', 'joined 2012')).toEqual([
      'joined 1992/',
      'ended 2011',
      'joined 2012',
    ]);
    expect(arrangeTexts('ended [..1991]', 'joined 1992')).toEqual(
      createViolation('ended [..1991]', 'not-a-member'),
    );
  });

  it('is the first legal one, ordered by earliest day, latest day, then record order', () =>
    expect(
      arrangeTexts('joined 1993', 'joined 1992', 'ended [1992..1993]', 'joined 1992-06', 'ended 1992'),
    ).toEqual(['joined 1992', 'ended 1992', 'joined 1992-06', 'ended [1992..1993]', 'joined 1993']));

  it('if none is legal, names the first rule that the sorted facts break', () =>
    expect(arrangeTexts('joined 1992', 'joined 1992-05', 'resumed 1992-04')).toEqual(
      createViolation('resumed 1992-04', 'not-suspended'),
    ));
});

describe('the search over a crafted history', () => {
  /** The number of steps that the search took, and its outcome. */
  const countSteps = (facts: readonly string[], maxLooks?: number) => {
    let steps = 0;
    const counting: typeof membershipRules = {
      ...membershipRules,
      step: (state, fact) => {
        steps++;
        return membershipRules.step(state, fact);
      },
    };
    const { outcome } = arrangeFacts(facts.map(parseFact), counting, maxLooks);
    return { steps, outcome };
  };
  const repeat = <T>(count: number, item: (index: number) => T) =>
    Array.from({ length: count }, (_, i) => item(i));

  /** Nested bounds: no fact lies entirely before another. */
  const createNestedFacts = (kinds: readonly Kind[]) =>
    kinds.map((kind, index) => `${kind} [${1000 + index}..${3000 - index}]`);

  const alternating = repeat(60, (i): Kind => (i % 2 === 0 ? 'ended' : 'joined'));

  it('refuses 60 facts with one joining too many in few steps', () => {
    const { steps, outcome } = countSteps(createNestedFacts(['joined', ...alternating.slice(1)]));
    expect(outcome).toBe('broken');
    expect(steps).toBeLessThan(10_000);
  });

  it('gives up on 60 facts of all kinds whose resumptions have no suspensions', () => {
    const kinds: readonly Kind[] = ['resumed', 'joined', 'suspended', 'ended', 'resumed', 'joined'];
    const { steps, outcome } = countSteps(createNestedFacts(repeat(60, (i) => kinds[i % 6] ?? 'ended')));
    expect(outcome).toBe('too-many');
    expect(steps).toBeLessThan(100_000);
  });

  it('arranges 60 facts that are legal only in another than the sorted order in few steps', () => {
    const { steps, outcome } = countSteps(createNestedFacts(alternating));
    expect(outcome).toBe('arranged');
    expect(steps).toBeLessThan(10_000);
  });

  it('gives up on thousands of facts in one year', () => {
    const { steps, outcome } = countSteps(repeat(5_000, (i) => `${i % 2 === 0 ? 'ended' : 'joined'} 1992`));
    expect(outcome).toBe('too-many');
    expect(steps).toBeLessThan(1_000_000);
  });

  it('needs no search for thousands of exact days and no deep stack for one fact that does', () => {
    const pair = (year: number) => [`joined ${year}-02-03`, `ended ${year}-04-05`];
    const days = repeat(9_000, (year) => pair(1_000 + year)).flat();
    expect(countSteps(days)).toEqual({ outcome: 'arranged', steps: 18_000 });
    expect(countSteps([...days, 'ended 9999-12-31'], 0).outcome).toBe('broken');
    expect(countSteps(['ended 0999', 'joined 0999', ...days]).outcome).toBe('arranged');
  });
});
