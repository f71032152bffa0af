// The rules of a meeting and its record, in record order. Pure: no clock, no identifiers, no I/O, no framework.
import type { Set as ImmutableSet } from 'immutable';
import { isWhollyBefore } from '../../dates/edtf.js';
import { isCertainlyBefore, toInstantWithBounds } from '../../dates/instant.js';
import type { Decider } from '../../eventsourcing/decider.js';
import type { TypedCommand, DataOf } from '../../eventsourcing/message.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import { canonicalJson } from '../../json/canonical-json.js';
import type {
  AgendaItemAdded,
  DecisionTaken,
  MeetingEvent,
  MeetingScheduled,
  MinutesApproved,
  MinutesCirculated,
  ParticipantRecorded,
} from './events.js';
import {
  findReversedTimes,
  findViolatedRule,
  getMeetingDays,
  type MeetingLifecycle,
  type MeetingStep,
} from './lifecycle.js';
import { isCircular, type MeetingOrder, precedes, replaceLinks } from './meeting-order.js';
import { evolveMeeting, INITIAL_MEETING, type Meeting, meetingParts } from './state.js';

/** The event that each command records; its data are those of the command. */
export const MEETING_EVENTS_BY_COMMAND = {
  'schedule-meeting': 'MeetingScheduled',
  'reschedule-meeting': 'MeetingRescheduled',
  'relocate-meeting': 'MeetingRelocated',
  'confirm-meeting': 'MeetingConfirmed',
  'postpone-meeting': 'MeetingPostponed',
  'cancel-meeting': 'MeetingCancelled',
  'open-meeting': 'MeetingOpened',
  'adjourn-meeting': 'MeetingAdjourned',
  'close-meeting': 'MeetingClosed',
  'add-agenda-item': 'AgendaItemAdded',
  'withdraw-agenda-item': 'AgendaItemWithdrawn',
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
type RecordCommand = Exclude<MeetingCommand, { readonly name: 'schedule-meeting' }>;

/** The state of other meetings that the rules read. */
type RelatedMeetings = {
  readonly meeting: (id: string) => Meeting | undefined;
  /** The meetings that may have been scheduled with this value in this field. */
  readonly findStreams: (category: 'meeting', field: 'after', id: string) => readonly string[];
};

export const meetingDecider: Decider<MeetingCommand, MeetingEvent, Meeting, RelatedMeetings> = {
  initialState: INITIAL_MEETING,
  evolve: evolveMeeting,
  parts: meetingParts,

  decide(command, meeting, related) {
    const refusal =
      command.name === 'schedule-meeting'
        ? checkSchedule(command.data, meeting, related)
        : checkRecord(command, meeting, related);
    const type = MEETING_EVENTS_BY_COMMAND[command.name];
    return refusal ?? [{ type, data: command.data } as MeetingEvent];
  },
};

function checkSchedule(
  data: DataOf<MeetingScheduled>,
  { lifecycle }: Meeting,
  related: RelatedMeetings,
): Refusal | undefined {
  if (lifecycle)
    return refuse('id-taken', `The meeting "${data.meeting}" is already scheduled with other data.`);
  if (isCircular(data.meeting, data, toMeetingOrder(related)))
    return refuse('circular-order', `"${data.meeting}" would come before itself, or be a part of itself.`);
  if (data.announcedAt === data.meeting)
    return refuse('self-reference', `"${data.meeting}" would have been announced at itself.`);
  return undefined;
}

/** In this order: the meeting exists, what the command refers to exists, the minutes are open, the rules. */
function checkRecord(
  command: RecordCommand,
  meeting: Meeting,
  related: RelatedMeetings,
): Refusal | undefined {
  const id = command.data.meeting;
  const { lifecycle, hasApprovedMinutes } = meeting;
  if (!lifecycle)
    return refuse(
      'unknown-reference',
      `There is no meeting "${id}": schedule it first, or correct the id.`,
      '/meeting',
    );
  const missing = findMissingReference(command, meeting, related);
  if (missing) return missing;
  if (hasApprovedMinutes)
    return refuse(
      'minutes-approved',
      `The minutes of "${id}" are approved: only corrections can be recorded.`,
    );
  return checkRules(command, meeting, lifecycle, related);
}

function checkRules(
  command: RecordCommand,
  meeting: Meeting,
  lifecycle: MeetingLifecycle,
  related: RelatedMeetings,
): Refusal | undefined {
  const { name, data } = command;
  switch (name) {
    case 'add-agenda-item':
      return checkAgendaItem(data, meeting);
    case 'withdraw-agenda-item':
      return checkIsNew(data.meeting, 'withdrawal of the item', data.item, meeting.withdrawnItems);
    case 'record-participant':
      return checkParticipant(data, meeting, lifecycle);
    case 'record-statement':
      return (
        checkWasOpened(data.meeting, lifecycle) ??
        checkIsNew(data.meeting, 'statement', data.statement, meeting.statements)
      );
    case 'record-report':
      return (
        checkWasOpened(data.meeting, lifecycle) ??
        checkIsNew(data.meeting, 'report', data.report, meeting.reports)
      );
    case 'record-decision':
      return (
        checkWasOpened(data.meeting, lifecycle) ??
        checkIsNew(data.meeting, 'decision', data.decision, meeting.decisions) ??
        checkBallots(data)
      );
    case 'circulate-minutes':
      return checkWasOpened(data.meeting, lifecycle) ?? checkMinutesDay(data, 'circulated', lifecycle);
    case 'approve-minutes':
      return checkApproval(data, meeting, lifecycle, related);
    default:
      return checkStep({ type: MEETING_EVENTS_BY_COMMAND[name], data } as MeetingStep, lifecycle);
  }
}

const RULE_DETAILS: { readonly [code: string]: string } = {
  'meeting-open': 'was already opened',
  'meeting-closed': 'was closed',
  'meeting-cancelled': 'was cancelled',
  'meeting-postponed': 'is postponed without a new date',
  'meeting-confirmed': 'is already confirmed',
  'meeting-not-open': 'is not open',
};

function checkStep(step: MeetingStep, lifecycle: MeetingLifecycle): Refusal | undefined {
  const id = step.data.meeting;
  const { status } = lifecycle;
  const code = findViolatedRule(step.type, status);
  if (code !== undefined) return refuse(code, `The meeting "${id}" ${RULE_DETAILS[code] ?? `is ${status}`}.`);
  const reversed = findReversedTimes(step, lifecycle);
  return (
    reversed &&
    refuse(
      'ends-before-it-begins',
      `"${id}": what began at ${reversed.beginning} cannot have ended at ${reversed.end}.`,
    )
  );
}

const checkWasOpened = (id: string, { opened }: MeetingLifecycle): Refusal | undefined =>
  opened ? undefined : refuse('meeting-not-open', `The meeting "${id}" has not been opened yet.`);

const refuseRecorded = (meeting: string, kind: string, id: string): Refusal =>
  refuse('already-recorded', `The ${kind} "${id}" of "${meeting}" is already recorded with other data.`);

const checkIsNew = (
  meeting: string,
  kind: string,
  id: string,
  recorded: ImmutableSet<string>,
): Refusal | undefined => (recorded.has(id) ? refuseRecorded(meeting, kind, id) : undefined);

/** A withdrawn item no longer stands, so it can be added again as it was. */
function checkAgendaItem(
  data: DataOf<AgendaItemAdded>,
  { items, itemData, withdrawnItems }: Meeting,
): Refusal | undefined {
  const isAddedAgain = withdrawnItems.has(data.item) && itemData.get(data.item) === canonicalJson(data);
  return isAddedAgain ? undefined : checkIsNew(data.meeting, 'agenda item', data.item, items);
}

/** Contradictions between ballots and tally are recorded, since sources contradict themselves; nobody votes twice. */
function checkBallots({ decision, ballots = [] }: DataOf<DecisionTaken>): Refusal | undefined {
  const voters = new Set<string>();
  for (const [index, { voter }] of ballots.entries()) {
    if (voters.has(voter))
      return refuse(
        'duplicate-voter',
        `"${voter}" would have two ballots in the decision "${decision}".`,
        `/ballots/${index}/voter`,
      );
    voters.add(voter);
  }
  return undefined;
}

/** Who sent regrets may be recorded again as having attended; regrets need no opened meeting. */
function checkParticipant(
  { meeting: id, participant, presence }: DataOf<ParticipantRecorded>,
  { participants }: Meeting,
  lifecycle: MeetingLifecycle,
): Refusal | undefined {
  const hasRegrets = presence === 'regrets';
  const notOpened = hasRegrets ? undefined : checkWasOpened(id, lifecycle);
  if (notOpened) return notOpened;
  const before = participants.get(participant);
  return before === 'attended' || (before === 'regrets' && hasRegrets)
    ? refuseRecorded(id, 'participant', participant)
    : undefined;
}

/** There are no minutes of a meeting before it began. */
function checkMinutesDay(
  { meeting: id, on }: DataOf<MinutesCirculated | MinutesApproved>,
  step: 'circulated' | 'approved',
  { firstOpenedAt }: MeetingLifecycle,
): Refusal | undefined {
  return firstOpenedAt !== undefined && isCertainlyBefore(on, firstOpenedAt)
    ? refuse(
        'ends-before-it-begins',
        `The minutes of "${id}", which was opened at ${firstOpenedAt}, cannot have been ${step} on ${on}.`,
      )
    : undefined;
}

function checkApproval(
  data: DataOf<MinutesApproved>,
  { links }: Meeting,
  lifecycle: MeetingLifecycle,
  related: RelatedMeetings,
): Refusal | undefined {
  const { meeting: id, at } = data;
  const { status, firstOpenedAt } = lifecycle;
  if (status !== 'closed')
    return refuse(
      'meeting-not-closed',
      `The meeting "${id}" is not closed, so its minutes cannot be approved.`,
    );
  const early = checkMinutesDay(data, 'approved', lifecycle);
  if (early) return early;
  if (at === undefined) return undefined;
  // Its own links as they are in this decision: a correction may just have changed them.
  const order = replaceLinks(id, links, toMeetingOrder(related));
  if (at === id || precedes(at, id, order) || !isLaterMeeting(related.meeting(at)?.lifecycle, firstOpenedAt))
    return refuse(
      'circular-order',
      `Minutes are approved at a later meeting, but "${at}" does not come after "${id}".`,
    );
  return undefined;
}

/** Whether a meeting can have taken place after another was opened. */
function isLaterMeeting(meeting: MeetingLifecycle | undefined, openedAt: string | undefined): boolean {
  if (!meeting || openedAt === undefined) return true;
  if (meeting.status === 'cancelled') return false;
  return !isWhollyBefore(getMeetingDays(meeting), toInstantWithBounds(openedAt));
}

const toMeetingOrder = ({ meeting, findStreams }: RelatedMeetings): MeetingOrder => ({
  getLinks: (id) => meeting(id)?.links,
  findFollowing: (id) =>
    findStreams('meeting', 'after', id).filter((other) => meeting(other)?.links.after === id),
});

type InnerReference = {
  readonly pointer: string;
  readonly kind: string;
  readonly id: string | undefined;
  /** The ids of this kind that the meeting has; undefined if it does not exist. */
  readonly known: ImmutableSet<string> | undefined;
  /** The meeting whose it is. */
  readonly meeting: string;
};

/** What a command refers to inside this meeting or another one must exist, whatever the other rules are. */
function findMissingReference(
  command: RecordCommand,
  meeting: Meeting,
  related: RelatedMeetings,
): Refusal | undefined {
  const missing = listReferences(command, meeting, related).find(
    ({ id, known }) => id !== undefined && !known?.has(id),
  );
  return (
    missing &&
    refuse(
      'unknown-reference',
      `The meeting "${missing.meeting}" has no ${missing.kind} "${missing.id}".`,
      missing.pointer,
    )
  );
}

function listReferences(
  { name, data }: RecordCommand,
  { items, statements, decisions }: Meeting,
  related: RelatedMeetings,
): readonly InnerReference[] {
  const { meeting } = data;
  const refersToItem = (id: string | undefined, pointer: string): InnerReference => ({
    pointer,
    kind: 'agenda item',
    id,
    known: items,
    meeting,
  });
  switch (name) {
    case 'withdraw-agenda-item':
      return [refersToItem(data.item, '/item')];
    case 'record-statement':
      return [
        refersToItem(data.agendaItem, '/agendaItem'),
        { pointer: '/inReplyTo', kind: 'statement', id: data.inReplyTo, known: statements, meeting },
      ];
    case 'record-report':
      return [
        ...(data.concerning ?? []).map(({ decision, meeting: other = meeting }, index) => ({
          pointer: `/concerning/${index}/decision`,
          kind: 'decision',
          id: decision,
          known: other === meeting || decision === undefined ? decisions : related.meeting(other)?.decisions,
          meeting: other,
        })),
        refersToItem(data.agendaItem, '/agendaItem'),
      ];
    case 'record-decision':
      return [refersToItem(data.agendaItem, '/agendaItem')];
    default:
      return [];
  }
}
