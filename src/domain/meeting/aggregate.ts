import { createNewIdCheck } from '../identifiers.js';
import { defineAggregate } from '../../eventsourcing/aggregate.js';
import { ALREADY_RECORDED_PROBLEM } from '../already-recorded-problem.js';
import { CIRCULAR_ORDER_PROBLEM } from '../circular-order-problem.js';
import { ENDS_BEFORE_IT_BEGINS_PROBLEM } from '../ends-before-it-begins-problem.js';
import { SELF_REFERENCE_PROBLEM } from '../self-reference-problem.js';
import { meetingCommands } from './commands.js';
import { meetingDecider } from './decider.js';
import { MEETING_INNER_IDS } from './inner-ids.js';
import { getMeetingEventTrack } from './rules.js';

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
  commands: meetingCommands,
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
      remedy: 'Use correct-fact, retract-fact, dispute-fact or corroborate-fact on the fact in question.',
    },
    'not-withdrawn': {
      title: 'Not withdrawn',
      meaning: 'An agenda item is restored after it was withdrawn.',
      remedy: 'Nothing needs to be done.',
    },
    'already-recorded': ALREADY_RECORDED_PROBLEM,
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
