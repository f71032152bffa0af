import { createNewIdCheck } from '../identifiers.js';
import { type CommandDeclaration, defineAggregate } from '../../eventsourcing/aggregate.js';
import { CIRCULAR_ORDER_PROBLEM } from '../circular-order-problem.js';
import { ENDS_BEFORE_IT_BEGINS_PROBLEM } from '../ends-before-it-begins-problem.js';
import { SELF_REFERENCE_PROBLEM } from '../self-reference-problem.js';
import * as requests from './commands.js';
import { MEETING_EVENTS_BY_COMMAND, type MeetingCommand, meetingDecider } from './decider.js';
import { MEETING_INNER_IDS } from './inner-ids.js';
import { getMeetingEventTrack } from './state.js';

type CommandName = MeetingCommand['name'];

type CommandDescription<Name extends CommandName> = Omit<
  CommandDeclaration<string, Extract<MeetingCommand, { readonly name: Name }>['data']>,
  'event'
>;

const descriptions: { readonly [Name in CommandName]: CommandDescription<Name> } = {
  'schedule-meeting': {
    request: requests.ScheduleMeeting,
    about: 'Schedules a meeting, or announces it if its day is not known yet.',
    example: {
      meeting: 'csto-consultations-2011',
      title: 'Consultations of the Deputy Foreign Ministers of the member states of the CSTO',
      convenedBy: 'csto-cfm',
      scheduledFor: '2011-09',
      place: { name: 'Moscow', country: 'RU' },
      mode: 'in-person',
      before: 'csto-csc-2011',
      after: 'csto-cfm-2011-05-31',
      announcedAt: 'csto-cfm-2011-05-31',
      partOf: 'csto-cfm-2011-2',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'the last paragraph' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'reschedule-meeting': {
    request: requests.RescheduleMeeting,
    about: 'Gives a meeting another or a more exact date; earlier dates stay readable.',
    example: {
      meeting: 'csto-cfm-2011-2',
      scheduledFor: '2011-12-19',
      reason: 'It was moved to the day before the session.',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'relocate-meeting': {
    request: requests.RelocateMeeting,
    about: 'Changes the place or the mode of a meeting.',
    example: {
      meeting: 'csto-cfm-2011-2',
      place: { name: 'Astana', country: 'KZ' },
      mode: 'hybrid',
      reason: 'Kazakhstan offered to host it.',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'confirm-meeting': {
    request: requests.ConfirmMeeting,
    about: 'Records that a meeting will take place as planned.',
    example: {
      meeting: 'csto-csc-2011',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'postpone-meeting': {
    request: requests.PostponeMeeting,
    about: 'Postpones a meeting; it has no date until it is rescheduled.',
    example: {
      meeting: 'csto-cfm-2011-2',
      reason: 'The session that it prepares has another date.',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'cancel-meeting': {
    request: requests.CancelMeeting,
    about: 'Records that a meeting will not take place; it keeps its planned date.',
    example: {
      meeting: 'csto-cfm-2011-2',
      reason: 'Its agenda was dealt with in writing.',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'open-meeting': {
    request: requests.OpenMeeting,
    about: 'Opens a meeting, or resumes it.',
    example: {
      meeting: 'csto-csc-2011',
      at: '2011-12-20T10:00:00+04:00',
      chair: { person: 'yerzhan-kazykhanov', organization: 'kazakhstan' },
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'adjourn-meeting': {
    request: requests.AdjournMeeting,
    about: 'Adjourns an open meeting.',
    example: {
      meeting: 'csto-csc-2011',
      at: '2011-12-20T13:00:00+04:00',
      until: '2011-12-20T15:00:00+04:00',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
    exampleFollows: 'open-meeting',
  },
  'close-meeting': {
    request: requests.CloseMeeting,
    about: 'Closes a meeting.',
    example: {
      meeting: 'csto-csc-2011',
      at: '2011-12-20T18:00:00+04:00',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
    exampleFollows: 'open-meeting',
  },
  'add-agenda-item': {
    request: requests.AddAgendaItem,
    about: 'Adds an item to the agenda.',
    example: {
      meeting: 'csto-csc-2011',
      item: 'afghanistan',
      title: 'The situation in Afghanistan',
      topics: ['Afghanistan'],
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'withdraw-agenda-item': {
    request: requests.WithdrawAgendaItem,
    about: 'Withdraws an item from the agenda; it can still be referred to.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      item: 'crrf',
      reason: 'It was dealt with under another item.',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'record-participant': {
    request: requests.RecordParticipant,
    about: 'Records who attended, in which capacity, or who sent regrets.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      participant: 'kazakhstan-2',
      person: 'yerzhan-kazykhanov',
      nameAsPrinted: 'the head of the Foreign Office of Kazakhstan',
      organization: 'kazakhstan',
      capacity: 'chair',
      role: 'Minister of Foreign Affairs',
      presence: 'present',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'record-statement': {
    request: requests.RecordStatement,
    about: 'Records a statement, its speaker and on whose behalf it was made.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      statement: 's9',
      speaker: 'yerzhan-kazykhanov',
      nameAsPrinted: 'Yerzhan Kazykhanov',
      role: 'Minister of Foreign Affairs',
      onBehalfOf: 'kazakhstan',
      form: 'summary',
      text: 'He thanked the chair, and supported what some delegations had said about the Collective Rapid Reaction Forces.',
      language: 'en',
      topics: ['CRRF'],
      agendaItem: 'crrf',
      inReplyTo: 's7',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'record-report': {
    request: requests.RecordReport,
    about: 'Records that a report was presented.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      report: 'kazakhstan-implementation',
      title: 'Report of Kazakhstan on the implementation of the agreements',
      presentedBy: 'yerzhan-kazykhanov',
      nameAsPrinted: 'Yerzhan Kazykhanov',
      onBehalfOf: 'kazakhstan',
      concerning: [
        { meeting: 'csto-csc-2010-12-moscow', decision: 'agreements', text: 'The part of the ministries.' },
      ],
      agendaItem: 'implementation',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'record-decision': {
    request: requests.RecordDecision,
    about: 'Records what was decided, and how.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      decision: 'consultations',
      title: 'Consultations of the Deputy Foreign Ministers',
      text: 'The deputies meet before each session of the Council.',
      kind: 'decision',
      outcome: 'adopted',
      by: 'vote',
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
  'circulate-minutes': {
    request: requests.CirculateMinutes,
    about: 'Records that the minutes were circulated.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      on: '2011-06',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'approve-minutes': {
    request: requests.ApproveMinutes,
    about: 'Records that the minutes were approved; from then on only corrections are accepted.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      on: '2011-12-20',
      at: 'csto-csc-2011',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
};

const commands = Object.fromEntries(
  Object.entries(MEETING_EVENTS_BY_COMMAND).map(([name, event]) => [
    name,
    { ...descriptions[name as CommandName], event },
  ]),
) as {
  readonly [Name in CommandName]: CommandDescription<Name> &
    CommandDeclaration<(typeof MEETING_EVENTS_BY_COMMAND)[Name]>;
};

export const meeting = defineAggregate({
  category: 'meeting',
  id: ({ meeting }) => meeting,
  refuseNewId: createNewIdCheck('meeting'),
  isReferenced: true,
  decider: meetingDecider,
  getRepetitionTrack: getMeetingEventTrack,
  innerIds: MEETING_INNER_IDS,
  reads: ['meeting'],
  indexedFields: { after: 'MeetingScheduled' },
  commands,
  refusals: {
    'meeting-open': {
      title: 'Meeting open',
      meaning:
        'A meeting that was opened cannot be rescheduled, confirmed, postponed, cancelled or, unless it is adjourned, opened.',
      remedy: 'Adjourn or close it, or correct the event that opened it if that is wrong.',
    },
    'meeting-closed': {
      title: 'Meeting closed',
      meaning: 'The status of a closed meeting does not change any more.',
      remedy: 'Correct the event that closed it if that is wrong, or schedule another meeting.',
    },
    'meeting-cancelled': {
      title: 'Meeting cancelled',
      meaning: 'The status of a cancelled meeting does not change any more.',
      remedy: 'Retract the cancellation if it is wrong, or schedule another meeting.',
    },
    'meeting-postponed': {
      title: 'Meeting postponed',
      meaning: 'A postponed meeting has no date, so it can be neither confirmed nor opened.',
      remedy: 'Reschedule it first.',
    },
    'meeting-confirmed': {
      title: 'Meeting already confirmed',
      meaning: 'A meeting is confirmed once for a date.',
      remedy: 'Nothing needs to be done.',
    },
    'meeting-not-open': {
      title: 'Meeting not open',
      meaning: 'Attendance, statements, reports, decisions and minutes belong to a meeting that was opened.',
      remedy: 'Open the meeting first (open-meeting).',
    },
    'meeting-not-closed': {
      title: 'Meeting not closed',
      meaning: 'Minutes are approved once the meeting is closed.',
      remedy: 'Close the meeting first (close-meeting).',
    },
    'minutes-approved': {
      title: 'Minutes approved',
      meaning: 'After the approval of its minutes, the record of a meeting accepts corrections only.',
      remedy: 'Use correct-fact, retract-fact or dispute-fact on the fact in question.',
    },
    'already-recorded': {
      title: 'Already recorded',
      meaning:
        'The meeting already has an item, participant, statement, report or decision with this id and other data.',
      remedy: 'Choose another id, or correct the recorded fact (correct-fact) if its data are wrong.',
    },
    'duplicate-voter': {
      title: 'Voter twice',
      meaning: 'The ballots of the decision have the same voter more than once.',
      remedy: 'Give each voter one ballot. If the voter changed the vote, give the one that counted.',
    },
    'self-reference': SELF_REFERENCE_PROBLEM,
    'ends-before-it-begins': ENDS_BEFORE_IT_BEGINS_PROBLEM,
    'circular-order': CIRCULAR_ORDER_PROBLEM,
  },
});
