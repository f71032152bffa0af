import type { DataOf } from '../../eventsourcing/message.js';
import { CitedRequest } from '../cited-request.js';
import {
  Count,
  Country,
  Edtf,
  GivenId,
  Id,
  InstantOrEdtf,
  Label,
  Language,
  Nested,
  NestedList,
  OneOf,
  optional,
  Party,
  Reference,
  Text,
  TextList,
} from '../field-decorators.js';
import * as events from './events.js';
import { MEETING_INNER_IDS } from './inner-ids.js';

class PlaceRequest implements events.MeetingPlace {
  @Label() readonly name!: string;
  @Country({ ...optional, about: 'ISO 3166-1 alpha-2.' }) readonly country?: string;
}

export class ScheduleMeeting extends CitedRequest implements DataOf<events.MeetingScheduled> {
  @Id() readonly meeting!: string;
  @Label() readonly title!: string;
  @Reference('organization') readonly convenedBy!: string;
  @Edtf() readonly scheduledFor!: string;
  @Nested(PlaceRequest, optional) readonly place?: PlaceRequest;
  @OneOf(events.MEETING_MODES, optional) readonly mode?: events.MeetingMode;
  @Reference('meeting', { ...optional, about: 'A meeting that this one comes before.' })
  readonly before?: string;
  @Reference('meeting', { ...optional, about: 'A meeting that this one comes after.' })
  readonly after?: string;
  @Reference('meeting', { ...optional, about: 'The meeting at which it was announced.' })
  readonly announcedAt?: string;
  @Reference('meeting', { ...optional, about: 'The meeting that it is a part of.' }) readonly partOf?: string;
}

abstract class MeetingRequest extends CitedRequest {
  @Reference('meeting') readonly meeting!: string;
}

export class RescheduleMeeting extends MeetingRequest implements DataOf<events.MeetingRescheduled> {
  @Edtf() readonly scheduledFor!: string;
  @Text(optional) readonly reason?: string;
}

export class RelocateMeeting extends MeetingRequest implements DataOf<events.MeetingRelocated> {
  @Nested(PlaceRequest, optional) readonly place?: PlaceRequest;
  @OneOf(events.MEETING_MODES, optional) readonly mode?: events.MeetingMode;
  @Text(optional) readonly reason?: string;
}

export class ConfirmMeeting extends MeetingRequest implements DataOf<events.MeetingConfirmed> {}

export class PostponeMeeting extends MeetingRequest implements DataOf<events.MeetingPostponed> {
  @Text(optional) readonly reason?: string;
}

export class CancelMeeting extends MeetingRequest implements DataOf<events.MeetingCancelled> {
  @Text(optional) readonly reason?: string;
}

class ChairRequest {
  @Reference('person', optional) readonly person?: string;
  @Reference('organization', optional) readonly organization?: string;
}

export class OpenMeeting extends MeetingRequest implements DataOf<events.MeetingOpened> {
  @InstantOrEdtf() readonly at!: string;
  @Nested(ChairRequest, optional) readonly chair?: ChairRequest;
}

export class AdjournMeeting extends MeetingRequest implements DataOf<events.MeetingAdjourned> {
  @InstantOrEdtf() readonly at!: string;
  @InstantOrEdtf(optional) readonly until?: string;
}

export class CloseMeeting extends MeetingRequest implements DataOf<events.MeetingClosed> {
  @InstantOrEdtf() readonly at!: string;
}

export class AddAgendaItem extends MeetingRequest implements DataOf<events.AgendaItemAdded> {
  @GivenId(MEETING_INNER_IDS.AgendaItemAdded) readonly item!: string;
  @Label() readonly title!: string;
  @TextList(optional) readonly topics?: string[];
}

const describeMeetingId = (what: string) => ({ about: `The id of ${what} of the same meeting.` });

export class WithdrawAgendaItem extends MeetingRequest implements DataOf<events.AgendaItemWithdrawn> {
  @Id(describeMeetingId('an agenda item')) readonly item!: string;
  @Text(optional) readonly reason?: string;
}

export class RecordParticipant extends MeetingRequest implements DataOf<events.ParticipantRecorded> {
  @GivenId(MEETING_INNER_IDS.ParticipantRecorded) readonly participant!: string;
  @Reference('person', optional) readonly person?: string;
  @Label(optional) readonly nameAsPrinted?: string;
  @Reference('organization', optional) readonly organization?: string;
  @OneOf(events.CAPACITIES) readonly capacity!: events.Capacity;
  @Label(optional) readonly role?: string;
  @OneOf(events.PRESENCES) readonly presence!: events.Presence;
}

export class RecordStatement extends MeetingRequest implements DataOf<events.StatementRecorded> {
  @GivenId(MEETING_INNER_IDS.StatementRecorded) readonly statement!: string;
  @Reference('person', optional) readonly speaker?: string;
  @Label() readonly nameAsPrinted!: string;
  @Label(optional) readonly role?: string;
  @Reference('organization', optional) readonly onBehalfOf?: string;
  @OneOf(events.STATEMENT_FORMS) readonly form!: events.StatementForm;
  @Text() readonly text!: string;
  @Language({ about: 'BCP 47: what the text is written in.' }) readonly language!: string;
  @TextList(optional) readonly topics?: string[];
  @Id({ ...optional, ...describeMeetingId('an agenda item') }) readonly agendaItem?: string;
  @Id({ ...optional, ...describeMeetingId('a statement') }) readonly inReplyTo?: string;
}

class ConcernRequest implements events.ReportSubject {
  @Reference('meeting', { ...optional, about: 'Left out, the same meeting.' }) readonly meeting?: string;
  @Id({ ...optional, about: 'The id of a decision of that meeting.' }) readonly decision?: string;
  @Text(optional) readonly text?: string;
}

export class RecordReport extends MeetingRequest implements DataOf<events.ReportHeard> {
  @GivenId(MEETING_INNER_IDS.ReportHeard) readonly report!: string;
  @Label() readonly title!: string;
  @Reference('person', optional) readonly presentedBy?: string;
  @Label(optional) readonly nameAsPrinted?: string;
  @Reference('organization', optional) readonly onBehalfOf?: string;
  @NestedList(ConcernRequest, { ...optional, about: 'What the report follows up on.' })
  readonly concerning?: ConcernRequest[];
  @Id({ ...optional, ...describeMeetingId('an agenda item') }) readonly agendaItem?: string;
}

class TallyRequest implements events.Tally {
  @Count() readonly for!: number;
  @Count() readonly against!: number;
  @Count() readonly abstain!: number;
}

class BallotRequest implements events.Ballot {
  @Party() readonly voter!: string;
  @OneOf(events.BALLOT_CHOICES) readonly choice!: events.BallotChoice;
}

class ReservationRequest implements events.Reservation {
  @Reference('organization') readonly organization!: string;
  @Text() readonly text!: string;
}

export class RecordDecision extends MeetingRequest implements DataOf<events.DecisionTaken> {
  @GivenId(MEETING_INNER_IDS.DecisionTaken) readonly decision!: string;
  @Label() readonly title!: string;
  @Text(optional) readonly text?: string;
  @OneOf(events.DECISION_KINDS) readonly kind!: events.DecisionKind;
  @OneOf(events.DECISION_OUTCOMES) readonly outcome!: events.DecisionOutcome;
  @OneOf(events.DECISION_METHODS) readonly by!: events.DecisionMethod;
  @Nested(TallyRequest, optional) readonly tally?: TallyRequest;
  @NestedList(BallotRequest, optional) readonly ballots?: BallotRequest[];
  @NestedList(ReservationRequest, optional) readonly reservations?: ReservationRequest[];
  @Id({ ...optional, ...describeMeetingId('an agenda item') }) readonly agendaItem?: string;
}

export class CirculateMinutes extends MeetingRequest implements DataOf<events.MinutesCirculated> {
  @Edtf() readonly on!: string;
}

export class ApproveMinutes extends MeetingRequest implements DataOf<events.MinutesApproved> {
  @Edtf() readonly on!: string;
  @Reference('meeting', { ...optional, about: 'The later meeting that approved them.' }) readonly at?: string;
}
