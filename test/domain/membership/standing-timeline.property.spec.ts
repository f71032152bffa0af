// The arrangement of the facts of a membership, of all kinds, against an exhaustive search.
import * as fc from 'fast-check';
import { parseBounds } from '../../../src/dates/edtf.js';
import { arrangeFacts } from '../../../src/dates/timeline.js';
import type { StandingEvent } from '../../../src/domain/membership/events.js';
import { standingTimelineRules } from '../../../src/domain/membership/timeline.js';
import * as facts from '../../support/membership-fixtures.js';

const BUILDERS = [
  facts.joined,
  facts.joined,
  facts.ended,
  facts.ended,
  facts.suspended,
  facts.leftParticipation,
  facts.resumed,
  facts.categoryChanged,
  facts.voteGranted,
  facts.voteWithdrawn,
  facts.noticeGiven,
  facts.noticePostponed,
  facts.noticeRescinded,
  facts.succeeded,
  (day: string) => facts.succeeded(day, { how: 'merger' }),
];
const DAYS = ['1990-01-01', '1990-01-02', '1990-01-03', '1990-01', '[..1990-01-02]', '[1990-01-02..]'];
const arbitraryFacts = (maxLength: number) =>
  fc.array(
    fc
      .tuple(fc.constantFrom(...BUILDERS), fc.constantFrom(...DAYS))
      .map(([build, day]) => build(day) as unknown as StandingEvent),
    { maxLength, size: 'max' },
  );

function* listPermutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [index, first] of items.entries())
    for (const rest of listPermutations(items.toSpliced(index, 1))) yield [first, ...rest];
}

/** Whether each fact has a day that is not before that of the one before it. */
const hasDays = (order: readonly StandingEvent[]): boolean =>
  order.reduce<string | undefined>((reached, { data }) => {
    if (reached === undefined) return undefined;
    const { earliest, latest } = parseBounds(data.effective);
    const day = (earliest ?? '') > reached ? (earliest ?? '') : reached;
    return day <= (latest ?? '~') ? day : undefined;
  }, '') !== undefined;

/** The rules again, as a clerk would apply them fact by fact. */
function isLegal(order: readonly StandingEvent[]): boolean {
  let [isMember, participates, mayVote] = [false, 'yes', true];
  for (const { type, data } of order) {
    const isMerger = type === 'MemberSucceeded' && data.how === 'merger';
    if (type === 'MemberJoined' || type === 'MemberSucceeded') {
      if (isMember && !isMerger) return false;
      if (!isMember) [isMember, participates, mayVote] = [true, 'yes', true];
      continue;
    }
    if (!isMember) return false;
    if (type === 'MembershipEnded') isMember = false;
    if (type === 'ParticipationSuspended') {
      if (participates === 'suspended') return false;
      participates = 'suspended';
    }
    if (type === 'ParticipationLeft') {
      if (participates === 'left') return false;
      participates = 'left';
    }
    if (type === 'ParticipationResumed') {
      if (participates === 'yes') return false;
      participates = 'yes';
    }
    if (type === 'VotingRightGranted') mayVote = true;
    if (type === 'VotingRightWithdrawn') {
      if (!mayVote) return false;
      mayVote = false;
    }
  }
  return true;
}

describe('the facts of a membership, of all kinds', () => {
  it('are arranged if some order of them is legal, and then in a legal one', () => {
    const counts = { arranged: 0, broken: 0 };
    fc.assert(
      fc.property(arbitraryFacts(6), (events) => {
        const found = arrangeFacts(events, standingTimelineRules);
        const orders = [...listPermutations(events)].filter((order) => hasDays(order) && isLegal(order));
        expect(found.outcome).toBe(orders.length > 0 ? 'arranged' : 'broken');
        if (found.outcome === 'arranged') expect(orders).toContainEqual(found.facts);
        counts[found.outcome === 'arranged' ? 'arranged' : 'broken']++;
      }),
      { numRuns: 1_500 },
    );
    expect(Math.min(counts.arranged, counts.broken)).toBeGreaterThan(100);
  });
});
