// A meeting, its steps and its record.
// These names and shapes are stored forever: version with care.
import type { TypedEvent } from '../../eventsourcing/message.js';
import { keepShape, type Shapes } from '../../eventsourcing/upcasters.js';
import type { CitationFields } from '../event-fields.js';

export const MEETING_MODES = ['in-person', 'remote', 'hybrid'] as const;
export const CAPACITIES = ['member', 'observer', 'guest', 'chair', 'secretariat', 'expert'] as const;
export const PRESENCES = ['present', 'remote', 'regrets'] as const;
export const STATEMENT_FORMS = ['verbatim', 'quoted', 'summary', 'written'] as const;
export const DECISION_KINDS = [
  'decision',
  'resolution',
  'declaration',
  'agreement',
  'recommendation',
  'procedural',
  'election',
] as const;
export const DECISION_OUTCOMES = ['adopted', 'rejected', 'deferred', 'withdrawn', 'lapsed'] as const;
export const DECISION_METHODS = ['consensus', 'vote', 'silence', 'acclamation', 'written', 'ruling'] as const;
export const BALLOT_CHOICES = ['for', 'against', 'abstain', 'absent', 'not-voting', 'recused'] as const;
export const MAJORITIES = [
  'simple',
  'absolute',
  'two-thirds',
  'three-quarters',
  'unanimity',
  'other',
] as const;
export const MAJORITY_BASES = ['cast', 'present', 'members'] as const;
export const PREVENTIONS = ['veto', 'quorum', 'majority'] as const;

export type MeetingMode = (typeof MEETING_MODES)[number];
export type Capacity = (typeof CAPACITIES)[number];
export type Presence = (typeof PRESENCES)[number];
export type StatementForm = (typeof STATEMENT_FORMS)[number];
export type DecisionKind = (typeof DECISION_KINDS)[number];
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number];
export type DecisionMethod = (typeof DECISION_METHODS)[number];
export type BallotChoice = (typeof BALLOT_CHOICES)[number];

export type MeetingPlace = { readonly name: string; readonly country?: string };
/** Who: an organization or `person:<id>`, or the name that the source prints, or both. */
export type NamedParty = { readonly party?: string; readonly nameAsPrinted?: string };
/**
 * Local times (`HH:MM`) on a day or an interval of days: `begins` on the first, `ends` on the last or, if it is not after
 * `begins` on the only one, on the next day. `zone` is IANA's, `offset` that of the zone then (`+02:00`).
 */
export type MeetingHours = {
  readonly begins: string;
  readonly ends?: string;
  readonly zone?: string;
  readonly offset?: string;
};
/** At least one of them. */
export type Tally = {
  readonly for?: number;
  readonly against?: number;
  readonly abstain?: number;
  readonly absent?: number;
  readonly notVoting?: number;
  readonly spoilt?: number;
};
export type Ballot = { readonly voter: string; readonly choice: BallotChoice; readonly weight?: number };
/** What a voter declared afterwards; it never alters the tally. */
export type LaterStatement = { readonly voter: string; readonly choice: BallotChoice };
export type Candidate = NamedParty & { readonly votes?: number; readonly elected?: boolean };
/** At least one of them. */
export type Requirement = {
  readonly majority?: (typeof MAJORITIES)[number];
  /** Of what the majority is one. */
  readonly of?: (typeof MAJORITY_BASES)[number];
  readonly text?: string;
};
export type Reservation = { readonly organization: string; readonly text: string };
/** What a report follows up on; without `meeting`, something of the same meeting. */
export type ReportSubject = { readonly meeting?: string; readonly decision?: string; readonly text?: string };

type MeetingData<Data> = CitationFields & { meeting: string } & Data;

export type MeetingScheduled = TypedEvent<
  'MeetingScheduled',
  MeetingData<{
    title: string;
    /** An organization. */
    convenedBy: string;
    /** EDTF. Absent if no source says when. */
    scheduledFor?: string;
    hours?: MeetingHours;
    place?: MeetingPlace;
    mode?: MeetingMode;
    // Ids of meetings: the order among them, even undated; where it was announced; what it is a part of.
    before?: string;
    after?: string;
    announcedAt?: string;
    partOf?: string;
  }>
>;
export type MeetingRescheduled = TypedEvent<
  'MeetingRescheduled',
  MeetingData<{ scheduledFor: string; hours?: MeetingHours; reason?: string }>
>;
export type MeetingRelocated = TypedEvent<
  'MeetingRelocated',
  MeetingData<{ place?: MeetingPlace; mode?: MeetingMode; reason?: string }>
>;
export type MeetingConfirmed = TypedEvent<'MeetingConfirmed', MeetingData<object>>;
/** There is no new date yet. */
export type MeetingPostponed = TypedEvent<'MeetingPostponed', MeetingData<{ reason?: string }>>;
export type MeetingCancelled = TypedEvent<'MeetingCancelled', MeetingData<{ reason?: string }>>;
/** Everywhere, `at` and `until` are an RFC 3339 instant with its offset, or EDTF, unless another meaning is given. */
export type MeetingOpened = TypedEvent<
  'MeetingOpened',
  MeetingData<{
    at: string;
    chairs?: readonly NamedParty[];
    /** Instead of `chairs`, as earlier releases recorded it. */
    chair?: { readonly person?: string; readonly organization?: string };
  }>
>;
export type ChairHandedOver = TypedEvent<
  'ChairHandedOver',
  MeetingData<{ to: readonly NamedParty[]; at?: string; reason?: string }>
>;
export type MeetingAdjourned = TypedEvent<'MeetingAdjourned', MeetingData<{ at: string; until?: string }>>;
export type MeetingClosed = TypedEvent<'MeetingClosed', MeetingData<{ at: string }>>;

export type AgendaItemAdded = TypedEvent<
  'AgendaItemAdded',
  MeetingData<{
    item: string;
    title: string;
    /** As printed, such as "3.2". */
    number?: string;
    /** An item of the same meeting. */
    under?: string;
    public?: boolean;
    continues?: { readonly meeting: string; readonly item: string };
    topics?: readonly string[];
  }>
>;
export type AgendaItemWithdrawn = TypedEvent<
  'AgendaItemWithdrawn',
  MeetingData<{ item: string; reason?: string }>
>;

export type AgendaItemRestored = TypedEvent<
  'AgendaItemRestored',
  MeetingData<{ item: string; reason?: string }>
>;
/** `before` is another item; without it the item goes last. New items go last, too. */
export type AgendaItemMoved = TypedEvent<
  'AgendaItemMoved',
  MeetingData<{ item: string; before?: string; last?: true }>
>;
export type AgendaAdopted = TypedEvent<'AgendaAdopted', MeetingData<object>>;

export type ParticipantRecorded = TypedEvent<
  'ParticipantRecorded',
  MeetingData<{
    participant: string;
    person?: string;
    nameAsPrinted?: string;
    organization?: string;
    capacity?: Capacity;
    role?: string;
    presence?: Presence;
    at?: string;
  }>
>;
export type StatementRecorded = TypedEvent<
  'StatementRecorded',
  MeetingData<{
    statement: string;
    /** A person. */
    speaker?: string;
    nameAsPrinted?: string;
    role?: string;
    /** An organization. */
    onBehalfOf?: string;
    form?: StatementForm;
    text: string;
    /** BCP 47. */
    language?: string;
    topics?: readonly string[];
    agendaItem?: string;
    /** A statement of the same meeting. */
    inReplyTo?: string;
    at?: string;
  }>
>;
export type ReportHeard = TypedEvent<
  'ReportHeard',
  MeetingData<{
    report: string;
    title: string;
    /** A person. */
    presentedBy?: string;
    nameAsPrinted?: string;
    /** An organization. */
    onBehalfOf?: string;
    concerning?: readonly ReportSubject[];
    agendaItem?: string;
    at?: string;
  }>
>;
export type DecisionTaken = TypedEvent<
  'DecisionTaken',
  MeetingData<{
    decision: string;
    title?: string;
    text?: string;
    kind?: DecisionKind;
    outcome?: DecisionOutcome;
    by?: DecisionMethod;
    tally?: Tally;
    ballots?: readonly Ballot[];
    /** Whether the ballots are those of all voters. */
    ballotsComplete?: boolean;
    statedLater?: readonly LaterStatement[];
    candidates?: readonly Candidate[];
    requirement?: Requirement;
    prevented?: (typeof PREVENTIONS)[number];
    conditions?: readonly string[];
    identifiers?: { readonly [scheme: string]: string };
    /** EDTF: from when and until when it is in force. */
    effective?: string;
    expires?: string;
    reservations?: readonly Reservation[];
    agendaItem?: string;
    at?: string;
  }>
>;
/** `on` is EDTF. */
export type MinutesCirculated = TypedEvent<'MinutesCirculated', MeetingData<{ on: string }>>;
/** `at` is the later meeting that approved them. */
export type MinutesApproved = TypedEvent<'MinutesApproved', MeetingData<{ on: string; at?: string }>>;

export type MeetingEvent =
  | MeetingScheduled
  | MeetingRescheduled
  | MeetingRelocated
  | MeetingConfirmed
  | MeetingPostponed
  | MeetingCancelled
  | MeetingOpened
  | MeetingAdjourned
  | MeetingClosed
  | ChairHandedOver
  | AgendaItemAdded
  | AgendaItemWithdrawn
  | AgendaItemRestored
  | AgendaItemMoved
  | AgendaAdopted
  | ParticipantRecorded
  | StatementRecorded
  | ReportHeard
  | DecisionTaken
  | MinutesCirculated
  | MinutesApproved;

/** Every event, with the functions that lift its older shapes; forever. */
export const meetingShapes: Shapes<MeetingEvent> = {
  MeetingScheduled: [keepShape],
  MeetingRescheduled: [],
  MeetingRelocated: [],
  MeetingConfirmed: [],
  MeetingPostponed: [],
  MeetingCancelled: [],
  MeetingOpened: [],
  MeetingAdjourned: [],
  MeetingClosed: [],
  ChairHandedOver: [],
  AgendaItemAdded: [],
  AgendaItemWithdrawn: [],
  AgendaItemRestored: [],
  AgendaItemMoved: [],
  AgendaAdopted: [],
  ParticipantRecorded: [keepShape],
  StatementRecorded: [keepShape],
  ReportHeard: [],
  DecisionTaken: [keepShape],
  MinutesCirculated: [],
  MinutesApproved: [],
};
