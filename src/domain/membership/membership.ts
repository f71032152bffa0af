// Membership of an organization. Legal membership and participation are separate facts: they can be disputed separately.
// The rules apply to the whole timeline in valid time, since facts arrive late.
// Pure: no clock, no identifiers, no I/O, no framework.
import { formatDatePhrase, parseBounds } from '../../dates/edtf.js';
import type { FactTimeline } from '../../dates/fact-timeline.js';
import type { TimelineRules } from '../../dates/timeline.js';
import type { Decider } from '../../eventsourcing/decider.js';
import type { TypedCommand, DataOf, TypedEvent } from '../../eventsourcing/message.js';
import { refuse } from '../../eventsourcing/refusal.js';
import { createTimelineDecider } from '../timeline-decider.js';
import type { Shapes } from '../../eventsourcing/upcasters.js';
import type { CitationFields, Instrument } from '../event-fields.js';

export const MEMBERSHIP_END_REASONS = [
  'withdrew',
  'not-renewed',
  'expelled',
  'succeeded',
  'dissolved',
  'other',
] as const;
export const SUSPENDED_BY = ['organization', 'member'] as const;

/** `member` is an organization's id, or `person:<id>`. Dates are EDTF. */
type MembershipData = CitationFields & { organization: string; member: string; effective: string };

// These names and shapes are stored forever: version with care.
export type MemberJoined = TypedEvent<'MemberJoined', MembershipData & { instrument?: Instrument }>;
export type MembershipEnded = TypedEvent<
  'MembershipEnded',
  MembershipData & {
    reason: (typeof MEMBERSHIP_END_REASONS)[number];
    notified?: string;
    decided?: string;
    instrument?: Instrument;
  }
>;
export type ParticipationSuspended = TypedEvent<
  'ParticipationSuspended',
  MembershipData & { by: (typeof SUSPENDED_BY)[number]; notified?: string; decided?: string }
>;
export type ParticipationResumed = TypedEvent<'ParticipationResumed', MembershipData>;
export type MembershipEvent = MemberJoined | MembershipEnded | ParticipationSuspended | ParticipationResumed;

/** Every event, with the functions that lift its older shapes; forever. */
export const membershipShapes: Shapes<MembershipEvent> = {
  MemberJoined: [],
  MembershipEnded: [],
  ParticipationSuspended: [],
  ParticipationResumed: [],
};

type MembershipCommand =
  | TypedCommand<'admit-member', DataOf<MemberJoined>>
  | TypedCommand<'end-membership', DataOf<MembershipEnded>>
  | TypedCommand<'suspend-participation', DataOf<ParticipationSuspended>>
  | TypedCommand<'resume-participation', DataOf<ParticipationResumed>>;

type MembershipStatus = 'outside' | 'active' | 'suspended';

/** Status before -> event -> status after, or the code of the violated rule. An end ends a suspension, too. */
const TRANSITIONS: {
  readonly [S in MembershipStatus]: {
    readonly [T in MembershipEvent['type']]: MembershipStatus | { code: string };
  };
} = {
  outside: {
    MemberJoined: 'active',
    MembershipEnded: { code: 'not-a-member' },
    ParticipationSuspended: { code: 'not-a-member' },
    ParticipationResumed: { code: 'not-a-member' },
  },
  active: {
    MemberJoined: { code: 'already-member' },
    MembershipEnded: 'outside',
    ParticipationSuspended: 'suspended',
    ParticipationResumed: { code: 'not-suspended' },
  },
  suspended: {
    MemberJoined: { code: 'already-member' },
    MembershipEnded: 'outside',
    ParticipationSuspended: { code: 'already-suspended' },
    ParticipationResumed: 'active',
  },
};

export const membershipTimelineRules: TimelineRules<MembershipEvent, MembershipStatus, { code: string }> = {
  getBounds: ({ data }) => parseBounds(data.effective),
  getKind: ({ type }) => type,
  initialState: 'outside',
  step: (status, { type }) => TRANSITIONS[status][type],
};

const MEMBERSHIP_EVENTS_BY_COMMAND = {
  'admit-member': 'MemberJoined',
  'end-membership': 'MembershipEnded',
  'suspend-participation': 'ParticipationSuspended',
  'resume-participation': 'ParticipationResumed',
} as const;

const REFUSAL_DETAILS: { readonly [code: string]: (data: MembershipEvent['data']) => string } = {
  'already-member': ({ organization, member, effective }) =>
    `"${member}" would join "${organization}" ${formatDatePhrase(effective)}, but is already a member then.`,
  'not-a-member': ({ organization, member, effective }) =>
    `"${member}" is not a member of "${organization}" ${formatDatePhrase(effective)}.`,
  'already-suspended': ({ organization, member, effective }) =>
    `The participation of "${member}" in "${organization}" would be suspended ${formatDatePhrase(effective)}, but is already suspended then.`,
  'not-suspended': ({ organization, member, effective }) =>
    `The participation of "${member}" in "${organization}" would be resumed ${formatDatePhrase(effective)}, but is not suspended then.`,
};

export const membershipDecider: Decider<
  MembershipCommand,
  MembershipEvent,
  FactTimeline<MembershipEvent, MembershipStatus, { code: string }>
> = createTimelineDecider({
  rules: membershipTimelineRules,
  refuseRule: ({ code }, { data }) => refuse(code, REFUSAL_DETAILS[code]?.(data) ?? ''),
  decide: ({ name, data }) =>
    data.organization === data.member
      ? refuse('self-reference', `"${data.organization}" would be a member of itself.`)
      : [{ type: MEMBERSHIP_EVENTS_BY_COMMAND[name], data } as MembershipEvent],
});
