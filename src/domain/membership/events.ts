// The events of a member of an organization. Pure: no clock, no identifiers, no I/O, no framework.
import type { DataOf, TypedCommand, TypedEvent } from '../../eventsourcing/message.js';
import { keepShape, type Shapes } from '../../eventsourcing/upcasters.js';
import type { CitationFields, Instrument } from '../event-fields.js';

export const MEMBERSHIP_END_REASONS = [
  'withdrew',
  'not-renewed',
  'expelled',
  'succeeded',
  'dissolved',
  'other',
] as const;
export type MembershipEndReason = (typeof MEMBERSHIP_END_REASONS)[number];
export const SUSPENDED_BY = ['organization', 'member'] as const;
export type SuspendingSide = (typeof SUSPENDED_BY)[number];
export const MEMBER_CATEGORIES = [
  'full',
  'associate',
  'candidate',
  'provisional',
  'honorary',
  'other',
] as const;
export type MemberCategory = (typeof MEMBER_CATEGORIES)[number];
export const VOTING_WITHDRAWAL_REASONS = ['arrears', 'absence', 'sanction', 'other'] as const;
export type VotingWithdrawalReason = (typeof VOTING_WITHDRAWAL_REASONS)[number];
export const NOTICE_SUBJECTS = ['withdrawal', 'suspension'] as const;
export const DEPOSIT_KINDS = [
  'ratification',
  'acceptance',
  'approval',
  'accession',
  'succession',
  'definitive-signature',
] as const;
type DepositKind = (typeof DEPOSIT_KINDS)[number];
export const SUCCESSION_KINDS = ['continuation', 'succession', 'merger', 'separation'] as const;

/** `member` is an organization's id, or `person:<id>`. All dates are EDTF. */
type MembershipData = CitationFields & {
  organization: string;
  member: string;
  effective: string;
  instrument?: Instrument;
};

// These names and shapes are stored forever: version with care.
export type MemberJoined = TypedEvent<
  'MemberJoined',
  MembershipData & {
    category?: MemberCategory;
    /** An organization. */
    onBehalfOf?: string;
  }
>;
export type MemberSucceeded = TypedEvent<
  'MemberSucceeded',
  MembershipData & {
    /** Like `member`. */
    predecessor: string;
    how: (typeof SUCCESSION_KINDS)[number];
    /** The day from which the membership is counted, if it is another one. */
    countedFrom?: string;
  }
>;
export type MembershipEnded = TypedEvent<
  'MembershipEnded',
  MembershipData & {
    reason?: MembershipEndReason;
    notified?: string;
    decided?: string;
    /** The notice that it follows from. */
    notice?: string;
  }
>;
export type ParticipationSuspended = TypedEvent<
  'ParticipationSuspended',
  MembershipData & {
    by?: SuspendingSide;
    scope?: string;
    reason?: string;
    /** An organization. */
    suspendedBy?: string;
    notified?: string;
    decided?: string;
  }
>;
/** The member does not participate in practice; nobody declared a suspension. */
export type ParticipationLeft = TypedEvent<'ParticipationLeft', MembershipData>;
export type ParticipationResumed = TypedEvent<'ParticipationResumed', MembershipData>;

export type MemberCategoryChanged = TypedEvent<
  'MemberCategoryChanged',
  MembershipData & { category: MemberCategory }
>;
export type VotingRightGranted = TypedEvent<'VotingRightGranted', MembershipData & { votes?: number }>;
export type VotingRightWithdrawn = TypedEvent<
  'VotingRightWithdrawn',
  MembershipData & { reason?: VotingWithdrawalReason }
>;

/** `notice`: an id that the client chooses, unique among the notices of the member. A notice ends nothing. */
export type NoticeGiven = TypedEvent<
  'NoticeGiven',
  MembershipData & { notice: string; of: (typeof NOTICE_SUBJECTS)[number]; takesEffect?: string }
>;
export type NoticePostponed = TypedEvent<
  'NoticePostponed',
  MembershipData & { notice: string; takesEffect: string }
>;
export type NoticeRescinded = TypedEvent<
  'NoticeRescinded',
  MembershipData & { notice: string; reason?: string }
>;

export type InstrumentSigned = TypedEvent<'InstrumentSigned', MembershipData>;
export type SignatureWithdrawn = TypedEvent<'SignatureWithdrawn', MembershipData & { reason?: string }>;
export type InstrumentDeposited = TypedEvent<
  'InstrumentDeposited',
  MembershipData & { kind: DepositKind; entersIntoForce?: string; declarations?: readonly string[] }
>;
export type InstrumentWithdrawn = TypedEvent<'InstrumentWithdrawn', MembershipData & { kind: DepositKind }>;
export type ProvisionalApplicationBegun = TypedEvent<'ProvisionalApplicationBegun', MembershipData>;
export type ProvisionalApplicationEnded = TypedEvent<'ProvisionalApplicationEnded', MembershipData>;

/** What happens in a membership: legal only in the right order. */
export type StandingEvent =
  | MemberJoined
  | MemberSucceeded
  | MembershipEnded
  | ParticipationSuspended
  | ParticipationLeft
  | ParticipationResumed
  | MemberCategoryChanged
  | VotingRightGranted
  | VotingRightWithdrawn
  | NoticeEvent;
export type NoticeEvent = NoticeGiven | NoticePostponed | NoticeRescinded;
export type ProvisionalApplicationEvent = ProvisionalApplicationBegun | ProvisionalApplicationEnded;
/** The steps to consent to a treaty, legal in every order. */
export type InstrumentEvent =
  InstrumentSigned | SignatureWithdrawn | InstrumentDeposited | InstrumentWithdrawn;
export type MembershipEvent = StandingEvent | ProvisionalApplicationEvent | InstrumentEvent;

/** Every event, with the functions that lift its older shapes; forever. */
export const membershipShapes: Shapes<MembershipEvent> = {
  MemberJoined: [],
  MemberSucceeded: [],
  MembershipEnded: [keepShape],
  ParticipationSuspended: [keepShape],
  ParticipationLeft: [],
  ParticipationResumed: [],
  MemberCategoryChanged: [],
  VotingRightGranted: [],
  VotingRightWithdrawn: [],
  NoticeGiven: [],
  NoticePostponed: [],
  NoticeRescinded: [],
  InstrumentSigned: [],
  SignatureWithdrawn: [],
  InstrumentDeposited: [],
  InstrumentWithdrawn: [],
  ProvisionalApplicationBegun: [],
  ProvisionalApplicationEnded: [],
};

export type MembershipCommand =
  | TypedCommand<'admit-member', DataOf<MemberJoined>>
  | TypedCommand<'succeed-member', DataOf<MemberSucceeded>>
  | TypedCommand<'end-membership', DataOf<MembershipEnded>>
  | TypedCommand<'suspend-participation', DataOf<ParticipationSuspended>>
  | TypedCommand<'leave-participation', DataOf<ParticipationLeft>>
  | TypedCommand<'resume-participation', DataOf<ParticipationResumed>>
  | TypedCommand<'change-category', DataOf<MemberCategoryChanged>>
  | TypedCommand<'grant-voting-right', DataOf<VotingRightGranted>>
  | TypedCommand<'withdraw-voting-right', DataOf<VotingRightWithdrawn>>
  | TypedCommand<'give-notice', DataOf<NoticeGiven>>
  | TypedCommand<'postpone-notice', DataOf<NoticePostponed>>
  | TypedCommand<'rescind-notice', DataOf<NoticeRescinded>>
  | TypedCommand<'sign-instrument', DataOf<InstrumentSigned>>
  | TypedCommand<'withdraw-signature', DataOf<SignatureWithdrawn>>
  | TypedCommand<'deposit-instrument', DataOf<InstrumentDeposited>>
  | TypedCommand<'withdraw-instrument', DataOf<InstrumentWithdrawn>>
  | TypedCommand<'apply-provisionally', DataOf<ProvisionalApplicationBegun>>
  | TypedCommand<'end-provisional-application', DataOf<ProvisionalApplicationEnded>>;

export const MEMBERSHIP_EVENTS_BY_COMMAND = {
  'admit-member': 'MemberJoined',
  'succeed-member': 'MemberSucceeded',
  'end-membership': 'MembershipEnded',
  'suspend-participation': 'ParticipationSuspended',
  'leave-participation': 'ParticipationLeft',
  'resume-participation': 'ParticipationResumed',
  'change-category': 'MemberCategoryChanged',
  'grant-voting-right': 'VotingRightGranted',
  'withdraw-voting-right': 'VotingRightWithdrawn',
  'give-notice': 'NoticeGiven',
  'postpone-notice': 'NoticePostponed',
  'rescind-notice': 'NoticeRescinded',
  'sign-instrument': 'InstrumentSigned',
  'withdraw-signature': 'SignatureWithdrawn',
  'deposit-instrument': 'InstrumentDeposited',
  'withdraw-instrument': 'InstrumentWithdrawn',
  'apply-provisionally': 'ProvisionalApplicationBegun',
  'end-provisional-application': 'ProvisionalApplicationEnded',
} as const satisfies { readonly [Name in MembershipCommand['name']]: MembershipEvent['type'] };
