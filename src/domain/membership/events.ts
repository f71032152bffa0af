// Who belongs. Legal membership and participation are kept apart, because real disputes live between them.
// Names and shapes are stored forever: version with care.
import type { EventOf } from '../../eventsourcing/message.js';
import type { CitationFields, Instrument } from '../citation.js';

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

export type MemberJoined = EventOf<'MemberJoined', MembershipData & { instrument?: Instrument }>;
export type MembershipEnded = EventOf<
  'MembershipEnded',
  MembershipData & {
    reason: (typeof MEMBERSHIP_END_REASONS)[number];
    notified?: string;
    decided?: string;
    instrument?: Instrument;
  }
>;
export type ParticipationSuspended = EventOf<
  'ParticipationSuspended',
  MembershipData & { by: (typeof SUSPENDED_BY)[number]; notified?: string; decided?: string }
>;
export type ParticipationResumed = EventOf<'ParticipationResumed', MembershipData>;

export type MembershipEvent = MemberJoined | MembershipEnded | ParticipationSuspended | ParticipationResumed;
