import { defineAggregate } from '../../eventsourcing/aggregate.js';
import * as requests from './commands.js';
import { meetingDecider } from './decider.js';

export const meeting = defineAggregate({
  category: 'meeting',
  id: ({ meeting }) => meeting,
  isReferenced: true,
  decider: meetingDecider,
  steps: [
    'MeetingRescheduled',
    'MeetingRelocated',
    'MeetingConfirmed',
    'MeetingPostponed',
    'MeetingCancelled',
    'MeetingOpened',
    'MeetingAdjourned',
    'MeetingClosed',
  ],
  reads: ['meeting'],
  indexedFields: { after: 'MeetingScheduled' },
  commands: {
    'schedule-meeting': {
      request: requests.ScheduleMeeting,
      event: 'MeetingScheduled',
      about: 'Announces a meeting, for a day or for as much as is known of it.',
    },
    'reschedule-meeting': {
      request: requests.RescheduleMeeting,
      event: 'MeetingRescheduled',
      about: 'Gives a meeting another date, or a more exact one; earlier dates stay readable.',
    },
    'relocate-meeting': {
      request: requests.RelocateMeeting,
      event: 'MeetingRelocated',
      about: 'Moves a meeting to another place, or to another way of meeting.',
    },
    'confirm-meeting': {
      request: requests.ConfirmMeeting,
      event: 'MeetingConfirmed',
      about: 'Records that a meeting will take place as planned.',
    },
    'postpone-meeting': {
      request: requests.PostponeMeeting,
      event: 'MeetingPostponed',
      about: 'Takes the date away from a meeting until it gets a new one.',
    },
    'cancel-meeting': {
      request: requests.CancelMeeting,
      event: 'MeetingCancelled',
      about: 'Records that a meeting will not take place; it keeps its planned date.',
    },
    'open-meeting': {
      request: requests.OpenMeeting,
      event: 'MeetingOpened',
      about: 'Opens a meeting, or resumes it.',
    },
    'adjourn-meeting': {
      request: requests.AdjournMeeting,
      event: 'MeetingAdjourned',
      about: 'Interrupts a meeting.',
    },
    'close-meeting': { request: requests.CloseMeeting, event: 'MeetingClosed', about: 'Ends a meeting.' },
    'add-agenda-item': {
      request: requests.AddAgendaItem,
      event: 'AgendaItemAdded',
      about: 'Adds an item to the agenda.',
    },
    'withdraw-agenda-item': {
      request: requests.WithdrawAgendaItem,
      event: 'AgendaItemWithdrawn',
      about: 'Takes an item off the agenda; it can still be referred to.',
    },
    'record-participant': {
      request: requests.RecordParticipant,
      event: 'ParticipantRecorded',
      about: 'Records who came, in which capacity, or who sent regrets.',
    },
    'record-statement': {
      request: requests.RecordStatement,
      event: 'StatementRecorded',
      about: 'Records what was said, by whom and on whose behalf.',
    },
    'record-report': {
      request: requests.RecordReport,
      event: 'ReportHeard',
      about: 'Records that a report was heard.',
    },
    'record-decision': {
      request: requests.RecordDecision,
      event: 'DecisionTaken',
      about: 'Records what was decided, and how.',
    },
    'circulate-minutes': {
      request: requests.CirculateMinutes,
      event: 'MinutesCirculated',
      about: 'Records that the minutes were sent round.',
    },
    'approve-minutes': {
      request: requests.ApproveMinutes,
      event: 'MinutesApproved',
      about: 'Records that the minutes were approved: from then on only corrections are recorded.',
    },
  },
  refusals: {
    'meeting-open': {
      title: 'The meeting was opened',
      meaning:
        'A meeting that is open or adjourned can no longer be moved, confirmed, postponed, cancelled or opened.',
      remedy: 'Adjourn or close it, or correct the fact that opened it if that is wrong.',
    },
    'meeting-closed': {
      title: 'The meeting was closed',
      meaning: 'A closed meeting takes no more steps.',
      remedy: 'Correct the fact that closed it if that is wrong, or schedule another meeting.',
    },
    'meeting-cancelled': {
      title: 'The meeting was cancelled',
      meaning: 'A cancelled meeting takes no more steps.',
      remedy: 'Retract the cancellation if it is wrong, or schedule another meeting.',
    },
    'meeting-postponed': {
      title: 'The meeting is postponed',
      meaning: 'A postponed meeting has no date, so it can be neither confirmed nor opened.',
      remedy: 'Reschedule it first.',
    },
    'meeting-confirmed': {
      title: 'The meeting is confirmed',
      meaning: 'A meeting is confirmed once for a date.',
      remedy: 'Nothing needs to be done.',
    },
    'meeting-not-open': {
      title: 'The meeting is not open',
      meaning: 'Attendance, statements, reports, decisions and minutes belong to a meeting that was opened.',
      remedy: 'Open the meeting first (open-meeting).',
    },
    'meeting-not-closed': {
      title: 'The meeting is not closed',
      meaning: 'Minutes are approved once the meeting is closed.',
      remedy: 'Close the meeting first (close-meeting).',
    },
    'minutes-approved': {
      title: 'The minutes are approved',
      meaning: 'After approval a record takes corrections only.',
      remedy: 'Use correct-fact, retract-fact or dispute-fact on the fact in question.',
    },
    'already-recorded': {
      title: 'Recorded already',
      meaning: 'Something else is recorded in this meeting under this id.',
      remedy:
        'Choose another id, or correct the fact (correct-fact) if it is the same thing with wrong words.',
    },
    'circular-order': {
      title: 'The order would be circular',
      meaning: 'Something would be a part of itself, or come before itself, through what it refers to.',
      remedy: 'Look at what the fact refers to, and leave out the reference that closes the circle.',
    },
  },
});
