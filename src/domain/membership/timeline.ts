// Which events of a member may follow which, in valid time: events arrive late, so the rules apply to whole timelines. The
// decider enforces them, and read models order events by them. Pure.
import { formatDatePhrase, parseBounds } from '../../dates/edtf.js';
import type { TimelineRules } from '../../dates/timeline.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import { createAlternatingTimeline } from '../alternating-timeline.js';
import type { TimelineRefusals } from '../timeline-decider.js';
import type { MembershipEvent, ProvisionalApplicationEvent, StandingEvent } from './events.js';

type Standing = 'outside' | 'active' | 'suspended' | 'not-participating';
/** The types of events, and of successions a kind of its own: into one that may be a member already. */
type StandingKind = StandingEvent['type'] | 'merger';
type BrokenRule = { readonly code: string };

const refusedAs = (code: string): BrokenRule => ({ code });
const ALREADY_MEMBER = refusedAs('already-member');
const NOT_A_MEMBER = refusedAs('not-a-member');

/** Standing before -> event -> standing after, or the rule that it breaks. An end closes a suspension and an absence, too. */
const STANDING_TRANSITIONS: {
  readonly [S in Standing]: { readonly [K in StandingKind]: Standing | BrokenRule };
} = {
  outside: {
    MemberJoined: 'active',
    MemberSucceeded: 'active',
    merger: 'active',
    MembershipEnded: NOT_A_MEMBER,
    ParticipationSuspended: NOT_A_MEMBER,
    ParticipationLeft: NOT_A_MEMBER,
    ParticipationResumed: NOT_A_MEMBER,
    MemberCategoryChanged: NOT_A_MEMBER,
    VotingRightGranted: NOT_A_MEMBER,
    VotingRightWithdrawn: NOT_A_MEMBER,
    NoticeGiven: NOT_A_MEMBER,
    NoticePostponed: NOT_A_MEMBER,
    NoticeRescinded: NOT_A_MEMBER,
  },
  active: {
    MemberJoined: ALREADY_MEMBER,
    MemberSucceeded: ALREADY_MEMBER,
    merger: 'active',
    MembershipEnded: 'outside',
    ParticipationSuspended: 'suspended',
    ParticipationLeft: 'not-participating',
    ParticipationResumed: refusedAs('not-suspended'),
    MemberCategoryChanged: 'active',
    VotingRightGranted: 'active',
    VotingRightWithdrawn: 'active',
    NoticeGiven: 'active',
    NoticePostponed: 'active',
    NoticeRescinded: 'active',
  },
  suspended: {
    MemberJoined: ALREADY_MEMBER,
    MemberSucceeded: ALREADY_MEMBER,
    merger: 'suspended',
    MembershipEnded: 'outside',
    ParticipationSuspended: refusedAs('already-suspended'),
    ParticipationLeft: 'not-participating',
    ParticipationResumed: 'active',
    MemberCategoryChanged: 'suspended',
    VotingRightGranted: 'suspended',
    VotingRightWithdrawn: 'suspended',
    NoticeGiven: 'suspended',
    NoticePostponed: 'suspended',
    NoticeRescinded: 'suspended',
  },
  'not-participating': {
    MemberJoined: ALREADY_MEMBER,
    MemberSucceeded: ALREADY_MEMBER,
    merger: 'not-participating',
    MembershipEnded: 'outside',
    ParticipationSuspended: 'suspended',
    ParticipationLeft: refusedAs('already-not-participating'),
    ParticipationResumed: 'active',
    MemberCategoryChanged: 'not-participating',
    VotingRightGranted: 'not-participating',
    VotingRightWithdrawn: 'not-participating',
    NoticeGiven: 'not-participating',
    NoticePostponed: 'not-participating',
    NoticeRescinded: 'not-participating',
  },
};

/** What follows a standing while the voting right is withdrawn. A member starts again without such a withdrawal. */
const WITHOUT_VOTE = ' without vote';
type StandingState = Standing | `${Exclude<Standing, 'outside'>}${typeof WITHOUT_VOTE}`;

function isWithoutVoteAfter(before: boolean, kind: StandingKind): boolean | BrokenRule {
  switch (kind) {
    case 'VotingRightWithdrawn':
      return before ? refusedAs('not-voting') : true;
    case 'VotingRightGranted':
    case 'MembershipEnded':
      return false;
    default:
      return before;
  }
}

const toKind = (event: StandingEvent): StandingKind =>
  event.type === 'MemberSucceeded' && event.data.how === 'merger' ? 'merger' : event.type;

export const standingTimelineRules: TimelineRules<StandingEvent, StandingState, BrokenRule> = {
  getBounds: ({ data }) => parseBounds(data.effective),
  getKind: toKind,
  initialState: 'outside',
  step(state, event) {
    const kind = toKind(event);
    const hasLostVote = state.endsWith(WITHOUT_VOTE);
    const before = (hasLostVote ? state.slice(0, -WITHOUT_VOTE.length) : state) as Standing;
    const after = STANDING_TRANSITIONS[before][kind];
    if (typeof after !== 'string') return after;
    const losesVote = isWithoutVoteAfter(hasLostVote, kind);
    if (typeof losesVote !== 'boolean') return losesVote;
    return losesVote && after !== 'outside' ? `${after}${WITHOUT_VOTE}` : after;
  },
};

const REFUSAL_DETAILS: { readonly [code: string]: (data: MembershipEvent['data']) => string } = {
  'already-member': ({ organization, member, effective }) =>
    `"${member}" would join "${organization}" ${formatDatePhrase(effective)}, but is already a member then.`,
  'not-a-member': ({ organization, member, effective }) =>
    `"${member}" is not a member of "${organization}" ${formatDatePhrase(effective)}.`,
  'already-suspended': ({ organization, member, effective }) =>
    `The participation of "${member}" in "${organization}" would be suspended ${formatDatePhrase(effective)}, but is already suspended then.`,
  'already-not-participating': ({ organization, member, effective }) =>
    `"${member}" would cease to participate in "${organization}" ${formatDatePhrase(effective)}, but does not participate already.`,
  'not-suspended': ({ organization, member, effective }) =>
    `The participation of "${member}" in "${organization}" would be resumed ${formatDatePhrase(effective)}, but is not suspended then.`,
  'not-voting': ({ organization, member, effective }) =>
    `The right of "${member}" to vote in "${organization}" would be withdrawn ${formatDatePhrase(effective)}, but is withdrawn already.`,
};

const standingTimeline: TimelineRefusals<StandingEvent, StandingState, BrokenRule> = {
  rules: standingTimelineRules,
  refuseRule: ({ code }, { data }): Refusal => refuse(code, REFUSAL_DETAILS[code]?.(data) ?? ''),
};

/** Whether a treaty is applied provisionally, in whichever standing. */
const provisionalApplicationTimeline = createAlternatingTimeline<ProvisionalApplicationEvent>(
  'ProvisionalApplicationBegun',
  {
    refuseRepeatedStart: ({ data }) =>
      refuse(
        'already-provisional',
        `"${data.member}" already applies the treaty of "${data.organization}" provisionally ${formatDatePhrase(data.effective)}.`,
      ),
    refuseMissingStart: ({ data }) =>
      refuse(
        'not-provisional',
        `"${data.member}" does not apply the treaty of "${data.organization}" provisionally ${formatDatePhrase(data.effective)}.`,
      ),
  },
);
export const provisionalApplicationRules = provisionalApplicationTimeline.rules;

type MembershipTimeline = 'standing' | 'provisional-application';
/** The timeline whose rules an event obeys; undefined if it is legal at any time. */
export function getMembershipTimeline({
  type,
}: Pick<MembershipEvent, 'type'>): MembershipTimeline | undefined {
  switch (type) {
    case 'InstrumentSigned':
    case 'SignatureWithdrawn':
    case 'InstrumentDeposited':
    case 'InstrumentWithdrawn':
      return undefined;
    case 'ProvisionalApplicationBegun':
    case 'ProvisionalApplicationEnded':
      return 'provisional-application';
    default:
      return 'standing';
  }
}

/** By timeline. Events of one never obey the rules of the other. */
export const membershipTimelines = {
  standing: standingTimeline,
  'provisional-application': provisionalApplicationTimeline,
};
