// The commands of decisions.
import type { DataOf } from '../../eventsourcing/message.js';
import {
  GivenId,
  Count,
  Edtf,
  Flag,
  Identifiers,
  Id,
  Label,
  OneOf,
  optional,
  Party,
  Reference,
  Text,
  TextList,
} from '../field-decorators.js';
import { Nested, NestedList } from '../nested-field-decorators.js';
import { AtLeastOneOf } from '../request-fields.js';
import * as events from './events.js';
import { MEETING_INNER_IDS } from './inner-ids.js';
import {
  AtTime,
  describeCommands,
  MeetingRequest,
  NamedPartyRequest,
  describeInnerId,
} from './meeting-request.js';

@AtLeastOneOf('for', 'against', 'abstain', 'absent', 'notVoting', 'spoilt')
class TallyRequest implements events.Tally {
  @Count(optional) readonly for?: number;
  @Count(optional) readonly against?: number;
  @Count(optional) readonly abstain?: number;
  @Count(optional) readonly absent?: number;
  @Count(optional) readonly notVoting?: number;
  @Count(optional) readonly spoilt?: number;
}

class BallotRequest implements events.Ballot {
  @Party() readonly voter!: string;
  @OneOf(events.BALLOT_CHOICES) readonly choice!: events.BallotChoice;
  @Count({ ...optional, about: 'How many votes it counts for.' }) readonly weight?: number;
}

class LaterStatementRequest implements events.LaterStatement {
  @Party() readonly voter!: string;
  @OneOf(events.BALLOT_CHOICES) readonly choice!: events.BallotChoice;
}

@AtLeastOneOf('party', 'nameAsPrinted')
class CandidateRequest extends NamedPartyRequest implements events.Candidate {
  @Count(optional) readonly votes?: number;
  @Flag(optional) readonly elected?: boolean;
}

@AtLeastOneOf('majority', 'of', 'text')
class RequirementRequest implements events.Requirement {
  @OneOf(events.MAJORITIES, optional) readonly majority?: NonNullable<events.Requirement['majority']>;
  @OneOf(events.MAJORITY_BASES, { ...optional, about: 'Of what it is a majority.' })
  readonly of?: NonNullable<events.Requirement['of']>;
  @Text(optional) readonly text?: string;
}

class ReservationRequest implements events.Reservation {
  @Reference('organization') readonly organization!: string;
  @Text() readonly text!: string;
}

@AtLeastOneOf('title', 'text', 'identifiers')
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
  @Flag({ ...optional, about: 'Whether the ballots are those of all voters.' })
  readonly ballotsComplete?: boolean;
  @NestedList(LaterStatementRequest, {
    ...optional,
    about: 'What voters declared afterwards; it never alters the tally.',
  })
  readonly statedLater?: LaterStatementRequest[];
  @NestedList(CandidateRequest, { ...optional, about: 'Of an election.' })
  readonly candidates?: CandidateRequest[];
  @Nested(RequirementRequest, { ...optional, about: 'What was needed for adoption.' })
  readonly requirement?: RequirementRequest;
  @OneOf(events.PREVENTIONS, { ...optional, about: 'What prevented its adoption.' })
  readonly prevented?: (typeof events.PREVENTIONS)[number];
  @TextList(optional) readonly conditions?: string[];
  @Identifiers({ ...optional, about: 'Such as { "symbol": "A/RES/59/50" }.' })
  readonly identifiers?: { readonly [scheme: string]: string };
  @Edtf({ ...optional, about: 'An EDTF date: from when it is in force.' }) readonly effective?: string;
  @Edtf({ ...optional, about: 'An EDTF date: until when it is in force.' }) readonly expires?: string;
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
      tally: { for: 1, against: 0, abstain: 1, absent: 4, notVoting: 1, spoilt: 0 },
      ballots: [
        { voter: 'belarus', choice: 'for', weight: 1 },
        { voter: 'person:yerzhan-kazykhanov', choice: 'abstain' },
      ],
      ballotsComplete: false,
      statedLater: [{ voter: 'armenia', choice: 'for' }],
      candidates: [{ party: 'belarus', nameAsPrinted: 'Belarus', votes: 1, elected: true }],
      requirement: { majority: 'simple', of: 'present', text: 'A majority of those present.' },
      prevented: 'quorum',
      conditions: ['The parliaments agree.'],
      identifiers: { symbol: 'CFM/2011/4' },
      effective: '2011-06',
      expires: '2012',
      reservations: [{ organization: 'uzbekistan', text: 'Except on questions of water.' }],
      agendaItem: 'foreign-ministries',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
});
