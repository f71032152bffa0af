// The commands of decisions.
import type { DataOf } from '../../eventsourcing/message.js';
import {
  GivenId,
  Count,
  Id,
  Label,
  Nested,
  NestedList,
  OneOf,
  optional,
  Party,
  Reference,
  Text,
} from '../field-decorators.js';
import { AtLeastOneOf } from '../request-fields.js';
import * as events from './events.js';
import { MEETING_INNER_IDS } from './inner-ids.js';
import { AtTime, describeCommands, MeetingRequest, describeInnerId } from './meeting-request.js';

@AtLeastOneOf('for', 'against', 'abstain')
class TallyRequest implements events.Tally {
  @Count(optional) readonly for?: number;
  @Count(optional) readonly against?: number;
  @Count(optional) readonly abstain?: number;
}

class BallotRequest implements events.Ballot {
  @Party() readonly voter!: string;
  @OneOf(events.BALLOT_CHOICES) readonly choice!: events.BallotChoice;
}

class ReservationRequest implements events.Reservation {
  @Reference('organization') readonly organization!: string;
  @Text() readonly text!: string;
}

@AtLeastOneOf('title', 'text')
class RecordDecision extends MeetingRequest implements DataOf<events.DecisionTaken> {
  @GivenId(MEETING_INNER_IDS.DecisionTaken) readonly decision!: string;
  @Label(optional) readonly title?: string;
  @Text(optional) readonly text?: string;
  @OneOf(events.DECISION_KINDS, optional) readonly kind?: events.DecisionKind;
  @OneOf(events.DECISION_OUTCOMES, optional) readonly outcome?: events.DecisionOutcome;
  @OneOf(events.DECISION_METHODS, optional) readonly by?: events.DecisionMethod;
  @AtTime() readonly at?: string;
  @Nested(TallyRequest, optional) readonly tally?: TallyRequest;
  @NestedList(BallotRequest, optional) readonly ballots?: BallotRequest[];
  @NestedList(ReservationRequest, optional) readonly reservations?: ReservationRequest[];
  @Id({ ...optional, ...describeInnerId('an agenda item') }) readonly agendaItem?: string;
}

export const decisionCommands = describeCommands({
  'record-decision': {
    request: RecordDecision,
    about: 'Records what was decided, and how.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      decision: 'consultations',
      title: 'Consultations of the Deputy Foreign Ministers',
      text: 'The deputies meet before each session of the Council.',
      kind: 'decision',
      outcome: 'adopted',
      by: 'vote',
      at: '2011-05-31',
      tally: { for: 1, against: 0, abstain: 1 },
      ballots: [
        { voter: 'belarus', choice: 'for' },
        { voter: 'person:yerzhan-kazykhanov', choice: 'abstain' },
      ],
      reservations: [{ organization: 'uzbekistan', text: 'Except on questions of water.' }],
      agendaItem: 'foreign-ministries',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
});
