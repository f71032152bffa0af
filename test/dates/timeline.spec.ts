import { arrangeFacts } from '../../src/dates/timeline.js';
import { parseFact, membershipRules, type Kind } from './support/membership-rules.js';

const arrangeWords = (...facts: string[]) => {
  const arrangement = arrangeFacts(facts.map(parseFact), membershipRules);
  return arrangement.outcome === 'arranged' ? arrangement.facts.map(({ words }) => words) : arrangement;
};
const violation = (words: string, code: string) => ({
  outcome: 'broken',
  rule: { code },
  fact: parseFact(words),
});

describe('facts stand in the order of the days on which they happened', () => {
  it('none at all', () => expect(arrangeWords()).toEqual([]));

  it('whatever the order in which they were entered', () =>
    expect(
      arrangeWords('joined 2006-08-16', 'ended 2012-12-19', 'ended 1999-04-02', 'joined 1993-09-24'),
    ).toEqual(['joined 1993-09-24', 'ended 1999-04-02', 'joined 2006-08-16', 'ended 2012-12-19']));

  it('a whole earlier membership stands before a known later one, each half of it does not', () => {
    expect(arrangeWords('joined 2006', 'joined 1992', 'ended 1999')).toEqual([
      'joined 1992',
      'ended 1999',
      'joined 2006',
    ]);
    expect(arrangeWords('joined 2006', 'joined 1992')).toEqual(violation('joined 2006', 'already-member'));
    expect(arrangeWords('joined 2006', 'ended 1999')).toEqual(violation('ended 1999', 'not-a-member'));
  });

  it('joined 1992-05-15 and left 1992 stand together', () =>
    expect(arrangeWords('ended 1992', 'joined 1992-05-15')).toEqual(['joined 1992-05-15', 'ended 1992']));

  it('but not if all of 1992 is before the joining', () =>
    expect(arrangeWords('ended 1992', 'joined 1993-01-01')).toEqual(violation('ended 1992', 'not-a-member')));

  it('rejoining on the day of leaving is legal, in whichever order the two were entered', () =>
    expect(arrangeWords('joined 1992', 'joined 1999-04-02', 'ended 1999-04-02')).toEqual([
      'joined 1992',
      'ended 1999-04-02',
      'joined 1999-04-02',
    ]));

  it('an end closes a suspension', () => {
    expect(
      arrangeWords('joined 1992', 'suspended 1994', 'ended 1999', 'joined 2006', 'suspended 2009'),
    ).toHaveLength(5);
    expect(
      arrangeWords('joined 1992', 'suspended 1994', 'ended 1999', 'joined 2006', 'resumed 2009'),
    ).toEqual(violation('resumed 2009', 'not-suspended'));
  });

  it('exact days leave one arrangement', () =>
    expect(arrangeWords('joined 1992-05-16', 'ended 1992-05-15')).toEqual(
      violation('ended 1992-05-15', 'not-a-member'),
    ));

  it('unbounded facts can stand anywhere on their open side', () => {
    expect(arrangeWords('ended [..2011]', 'joined 1992')).toEqual(['joined 1992', 'ended [..2011]']);
    expect(arrangeWords('joined 1992/', 'ended 2011', 'joined 2012')).toEqual([
      'joined 1992/',
      'ended 2011',
      'joined 2012',
    ]);
    expect(arrangeWords('ended [..1991]', 'joined 1992')).toEqual(
      violation('ended [..1991]', 'not-a-member'),
    );
  });

  it('of several legal arrangements the first counts, earliest day before latest day before record', () =>
    expect(
      arrangeWords('joined 1993', 'joined 1992', 'ended [1992..1993]', 'joined 1992-06', 'ended 1992'),
    ).toEqual(['joined 1992', 'ended 1992', 'joined 1992-06', 'ended [1992..1993]', 'joined 1993']));

  it('if none is legal, the rule is the one broken first by the facts as sorted', () =>
    expect(arrangeWords('joined 1992', 'joined 1992-05', 'resumed 1992-04')).toEqual(
      violation('resumed 1992-04', 'not-suspended'),
    ));
});

describe('a crafted history', () => {
  /** The steps that were tried, and how it ended. */
  const tried = (words: readonly string[], looks?: number) => {
    let steps = 0;
    const counting: typeof membershipRules = {
      ...membershipRules,
      step: (state, fact) => {
        steps++;
        return membershipRules.step(state, fact);
      },
    };
    const { outcome } = arrangeFacts(words.map(parseFact), counting, looks);
    return { steps, outcome };
  };
  const repeat = <T>(count: number, item: (index: number) => T) =>
    Array.from({ length: count }, (_, i) => item(i));

  /** Bounds within bounds within bounds: nothing lies wholly before anything else. */
  const nested = (kinds: readonly Kind[]) =>
    kinds.map((kind, index) => `${kind} [${1000 + index}..${3000 - index}]`);

  const alternating = repeat(60, (i): Kind => (i % 2 === 0 ? 'ended' : 'joined'));

  it('of 60 facts with one joining too many is refused soon', () => {
    const { steps, outcome } = tried(nested(['joined', ...alternating.slice(1)]));
    expect(outcome).toBe('broken');
    expect(steps).toBeLessThan(10_000);
  });

  it('of 60 facts of all kinds, with resumptions for which there are no suspensions, is left undecided', () => {
    const kinds: readonly Kind[] = ['resumed', 'joined', 'suspended', 'ended', 'resumed', 'joined'];
    const { steps, outcome } = tried(nested(repeat(60, (i) => kinds[i % 6] ?? 'ended')));
    expect(outcome).toBe('too-many');
    expect(steps).toBeLessThan(100_000);
  });

  it('of 60 facts that are legal only in another order than the sorted one is arranged soon', () => {
    const { steps, outcome } = tried(nested(alternating));
    expect(outcome).toBe('arranged');
    expect(steps).toBeLessThan(10_000);
  });

  it('of thousands of facts in one year is left undecided', () => {
    const { steps, outcome } = tried(repeat(5_000, (i) => `${i % 2 === 0 ? 'ended' : 'joined'} 1992`));
    expect(outcome).toBe('too-many');
    expect(steps).toBeLessThan(1_000_000);
  });

  it('of thousands of exact days needs no search, and one fact that needs it no deep stack', () => {
    const pair = (year: number) => [`joined ${year}-02-03`, `ended ${year}-04-05`];
    const days = repeat(9_000, (year) => pair(1_000 + year)).flat();
    expect(tried(days)).toEqual({ outcome: 'arranged', steps: 18_000 });
    expect(tried([...days, 'ended 9999-12-31'], 0).outcome).toBe('broken');
    expect(tried(['ended 0999', 'joined 0999', ...days]).outcome).toBe('arranged');
  });
});
