import { type CommandDeclaration, defineAggregate } from '../../eventsourcing/aggregate.js';
import { CIRCULAR_ORDER_PROBLEM } from '../circular-order-problem.js';
import { ENDS_BEFORE_IT_BEGINS_PROBLEM } from '../ends-before-it-begins-problem.js';
import { SELF_REFERENCE_PROBLEM } from '../self-reference-problem.js';
import * as requests from './commands.js';
import { MEETING_EVENTS_BY_COMMAND, type MeetingCommand, meetingDecider } from './decider.js';
import { getMeetingEventTrack } from './state.js';

type CommandName = MeetingCommand['name'];

const descriptions: { readonly [Name in CommandName]: Omit<CommandDeclaration, 'event'> } = {
  'schedule-meeting': {
    request: requests.ScheduleMeeting,
    about: 'Schedules a meeting, or announces it if its day is not known yet.',
  },
  'reschedule-meeting': {
    request: requests.RescheduleMeeting,
    about: 'Gives a meeting another or a more exact date; earlier dates stay readable.',
  },
  'relocate-meeting': {
    request: requests.RelocateMeeting,
    about: 'Changes the place or the mode of a meeting.',
  },
  'confirm-meeting': {
    request: requests.ConfirmMeeting,
    about: 'Records that a meeting will take place as planned.',
  },
  'postpone-meeting': {
    request: requests.PostponeMeeting,
    about: 'Postpones a meeting; it has no date until it is rescheduled.',
  },
  'cancel-meeting': {
    request: requests.CancelMeeting,
    about: 'Records that a meeting will not take place; it keeps its planned date.',
  },
  'open-meeting': {
    request: requests.OpenMeeting,
    about: 'Opens a meeting, or resumes it.',
  },
  'adjourn-meeting': {
    request: requests.AdjournMeeting,
    about: 'Adjourns an open meeting.',
  },
  'close-meeting': { request: requests.CloseMeeting, about: 'Closes a meeting.' },
  'add-agenda-item': {
    request: requests.AddAgendaItem,
    about: 'Adds an item to the agenda.',
  },
  'withdraw-agenda-item': {
    request: requests.WithdrawAgendaItem,
    about: 'Withdraws an item from the agenda; it can still be referred to.',
  },
  'record-participant': {
    request: requests.RecordParticipant,
    about: 'Records who attended, in which capacity, or who sent regrets.',
  },
  'record-statement': {
    request: requests.RecordStatement,
    about: 'Records a statement, its speaker and on whose behalf it was made.',
  },
  'record-report': {
    request: requests.RecordReport,
    about: 'Records that a report was presented.',
  },
  'record-decision': {
    request: requests.RecordDecision,
    about: 'Records what was decided, and how.',
  },
  'circulate-minutes': {
    request: requests.CirculateMinutes,
    about: 'Records that the minutes were circulated.',
  },
  'approve-minutes': {
    request: requests.ApproveMinutes,
    about: 'Records that the minutes were approved; from then on only corrections are accepted.',
  },
};

const commands = Object.fromEntries(
  Object.entries(MEETING_EVENTS_BY_COMMAND).map(([name, event]) => [
    name,
    { ...descriptions[name as CommandName], event },
  ]),
) as { readonly [Name in CommandName]: CommandDeclaration<(typeof MEETING_EVENTS_BY_COMMAND)[Name]> };

export const meeting = defineAggregate({
  category: 'meeting',
  id: ({ meeting }) => meeting,
  isReferenced: true,
  decider: meetingDecider,
  getRepetitionTrack: getMeetingEventTrack,
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
