// Decides on the commands of a meeting, in record order. Pure: no clock, no identifiers, no I/O, no framework.
import type { Decider } from '../../eventsourcing/decider.js';
import type { TypedCommand, DataOf } from '../../eventsourcing/message.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import { getPartDescription, type RecordEvent, type RelatedMeetings } from './event-rule.js';
import type { MeetingEvent } from './events.js';
import { checkSchedule } from './life-rules.js';
import type { MeetingLifecycle } from './lifecycle.js';
import { evolveMeeting, getAvailability, getEventRule, meetingParts } from './rules.js';
import { hasPart, INITIAL_MEETING, type Meeting } from './state.js';

/** The event that each command records; its data are those of the command. */
export const MEETING_EVENTS_BY_COMMAND = {
  'schedule-meeting': 'MeetingScheduled',
  'reschedule-meeting': 'MeetingRescheduled',
  'relocate-meeting': 'MeetingRelocated',
  'confirm-meeting': 'MeetingConfirmed',
  'postpone-meeting': 'MeetingPostponed',
  'cancel-meeting': 'MeetingCancelled',
  'open-meeting': 'MeetingOpened',
  'hand-over-chair': 'ChairHandedOver',
  'adjourn-meeting': 'MeetingAdjourned',
  'close-meeting': 'MeetingClosed',
  'add-agenda-item': 'AgendaItemAdded',
  'withdraw-agenda-item': 'AgendaItemWithdrawn',
  'restore-agenda-item': 'AgendaItemRestored',
  'move-agenda-item': 'AgendaItemMoved',
  'adopt-agenda': 'AgendaAdopted',
  'record-participant': 'ParticipantRecorded',
  'record-statement': 'StatementRecorded',
  'record-report': 'ReportHeard',
  'record-decision': 'DecisionTaken',
  'circulate-minutes': 'MinutesCirculated',
  'approve-minutes': 'MinutesApproved',
} as const satisfies { readonly [command: string]: MeetingEvent['type'] };

type EventsByCommand = typeof MEETING_EVENTS_BY_COMMAND;
export type MeetingCommand = {
  [Name in keyof EventsByCommand]: TypedCommand<
    Name,
    DataOf<Extract<MeetingEvent, { readonly type: EventsByCommand[Name] }>>
  >;
}[keyof EventsByCommand];

export const meetingDecider: Decider<MeetingCommand, MeetingEvent, Meeting, RelatedMeetings> = {
  initialState: INITIAL_MEETING,
  evolve: evolveMeeting,
  parts: meetingParts,

  decide({ name, data }, meeting, related) {
    const event = { type: MEETING_EVENTS_BY_COMMAND[name], data } as MeetingEvent;
    const refusal =
      event.type === 'MeetingScheduled'
        ? checkSchedule(event.data, meeting, related)
        : checkRecord(event, meeting, related);
    return refusal ?? [event];
  },
};

/** In this order: the meeting exists, what the event refers to exists, the minutes are open, the rules. */
function checkRecord(event: RecordEvent, meeting: Meeting, related: RelatedMeetings): Refusal | undefined {
  const id = event.data.meeting;
  const { lifecycle, hasApprovedMinutes } = meeting;
  if (!lifecycle)
    return refuse(
      'unknown-reference',
      `There is no meeting "${id}": schedule it first, or correct the id.`,
      '/meeting',
    );
  const missing = findMissingReference(event, meeting, related);
  if (missing) return missing;
  if (hasApprovedMinutes)
    return refuse(
      'minutes-approved',
      `The minutes of "${id}" are approved: only corrections can be recorded.`,
    );
  return (
    checkAvailability(event, lifecycle) ??
    getEventRule(event.type).check?.(event.data, { ...meeting, lifecycle }, related)
  );
}

function checkAvailability(event: RecordEvent, { opened, status }: MeetingLifecycle): Refusal | undefined {
  const { meeting } = event.data;
  const availability = getAvailability(event);
  if (availability === 'once-opened' && !opened)
    return refuse('meeting-not-open', `The meeting "${meeting}" has not been opened yet.`);
  if (availability === 'while-open' && status !== 'open')
    return status === 'closed'
      ? refuse('meeting-closed', `The meeting "${meeting}" was closed.`)
      : refuse('meeting-not-open', `The meeting "${meeting}" is not open.`);
  return undefined;
}

/** What a command refers to inside this meeting or another one must exist, whatever the other rules are. */
function findMissingReference(
  { type, data }: RecordEvent,
  meeting: Meeting,
  related: RelatedMeetings,
): Refusal | undefined {
  for (const reference of getEventRule(type).listReferences?.(data) ?? []) {
    const { pointer, kind, id, meeting: other = data.meeting } = reference;
    if (id === undefined) continue;
    const named = other === data.meeting ? meeting : related.meeting(other);
    if (!named || !hasPart(named, kind, id))
      return refuse(
        'unknown-reference',
        `The meeting "${other}" has no ${getPartDescription(kind)} "${id}".`,
        pointer,
      );
  }
  return undefined;
}
