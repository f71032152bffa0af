// The rules of a meeting and its record, in record order. Pure: no clock, no identifiers, no I/O, no framework.
import { Map, Set } from 'immutable';
import type { Decider } from '../../eventsourcing/decider.js';
import type { CommandOf, DataOf } from '../../eventsourcing/message.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import type * as events from './events.js';
import { type MeetingLifecycle, evolveLifecycle, findViolatedRule } from './lifecycle.js';
import { isCircular, type MeetingOrder, type MeetingLinks, precedes, replaceLinks } from './meeting-order.js';

export type MeetingCommand =
  | CommandOf<'schedule-meeting', DataOf<events.MeetingScheduled>>
  | CommandOf<'reschedule-meeting', DataOf<events.MeetingRescheduled>>
  | CommandOf<'relocate-meeting', DataOf<events.MeetingRelocated>>
  | CommandOf<'confirm-meeting', DataOf<events.MeetingConfirmed>>
  | CommandOf<'postpone-meeting', DataOf<events.MeetingPostponed>>
  | CommandOf<'cancel-meeting', DataOf<events.MeetingCancelled>>
  | CommandOf<'open-meeting', DataOf<events.MeetingOpened>>
  | CommandOf<'adjourn-meeting', DataOf<events.MeetingAdjourned>>
  | CommandOf<'close-meeting', DataOf<events.MeetingClosed>>
  | CommandOf<'add-agenda-item', DataOf<events.AgendaItemAdded>>
  | CommandOf<'withdraw-agenda-item', DataOf<events.AgendaItemWithdrawn>>
  | CommandOf<'record-participant', DataOf<events.ParticipantRecorded>>
  | CommandOf<'record-statement', DataOf<events.StatementRecorded>>
  | CommandOf<'record-report', DataOf<events.ReportHeard>>
  | CommandOf<'record-decision', DataOf<events.DecisionTaken>>
  | CommandOf<'circulate-minutes', DataOf<events.MinutesCirculated>>
  | CommandOf<'approve-minutes', DataOf<events.MinutesApproved>>;

/** Only what a later decision needs to know. Persistent collections, since a record may have thousands of entries. */
export type Meeting = {
  readonly lifecycle?: MeetingLifecycle;
  readonly links: MeetingLinks;
  readonly items: Set<string>;
  readonly withdrawn: Set<string>;
  /** Whether each participant is recorded as having sent regrets only. */
  readonly participants: Map<string, 'regrets' | 'attended'>;
  readonly statements: Set<string>;
  readonly reports: Set<string>;
  readonly decisions: Set<string>;
  readonly approved: boolean;
};

/** What the rules may see of other meetings. */
export type RelatedMeetings = {
  readonly meeting: (id: string) => Meeting | undefined;
  /** The meetings whose schedule has this value in this field. */
  readonly findStreams: (kind: 'meeting', field: 'after', id: string) => readonly string[];
};

const STEP_EVENT_TYPES = {
  'reschedule-meeting': 'MeetingRescheduled',
  'relocate-meeting': 'MeetingRelocated',
  'confirm-meeting': 'MeetingConfirmed',
  'postpone-meeting': 'MeetingPostponed',
  'cancel-meeting': 'MeetingCancelled',
  'open-meeting': 'MeetingOpened',
  'adjourn-meeting': 'MeetingAdjourned',
  'close-meeting': 'MeetingClosed',
} as const;

const REFUSAL_DETAILS: { readonly [code: string]: string } = {
  'meeting-open': 'was opened already',
  'meeting-closed': 'was closed',
  'meeting-cancelled': 'was cancelled',
  'meeting-postponed': 'is postponed without a new date',
  'meeting-confirmed': 'is confirmed already',
  'meeting-not-open': 'is not open',
};

export const meetingDecider: Decider<MeetingCommand, events.MeetingEvent, Meeting, RelatedMeetings> = {
  initialState: {
    links: {},
    items: Set(),
    withdrawn: Set(),
    participants: Map(),
    statements: Set(),
    reports: Set(),
    decisions: Set(),
    approved: false,
  },

  decide(command, meeting, views) {
    if (command.name === 'schedule-meeting') return decideSchedule(command.data, meeting, views);
    const id = command.data.meeting;
    const { lifecycle, approved } = meeting;
    if (!lifecycle)
      return refuse(
        'unknown-reference',
        `The book does not know "${id}": schedule it first, or correct the id.`,
        '/meeting',
      );
    const refusal = findMissingReference(command, meeting, views);
    if (refusal) return refusal;
    if (approved)
      return refuse(
        'minutes-approved',
        `The minutes of "${id}" are approved: only corrections can be recorded.`,
      );
    const not = (code: string): Refusal =>
      refuse(code, `The meeting "${id}" ${REFUSAL_DETAILS[code] ?? code}.`);
    const notOpened = lifecycle.opened
      ? undefined
      : refuse('meeting-not-open', `The meeting "${id}" was not opened yet.`);
    const taken = (what: string, of: string): Refusal =>
      refuse('already-recorded', `The ${what} "${of}" of "${id}" is recorded already, with other words.`);

    switch (command.name) {
      case 'reschedule-meeting':
      case 'relocate-meeting':
      case 'confirm-meeting':
      case 'postpone-meeting':
      case 'cancel-meeting':
      case 'open-meeting':
      case 'adjourn-meeting':
      case 'close-meeting': {
        const type = STEP_EVENT_TYPES[command.name];
        const broken = findViolatedRule(type, lifecycle.status);
        if (broken !== undefined) return not(broken);
        return [{ type, data: command.data } as events.MeetingStep];
      }
      case 'add-agenda-item':
        if (meeting.items.has(command.data.item)) return taken('agenda item', command.data.item);
        return [{ type: 'AgendaItemAdded', data: command.data }];
      case 'withdraw-agenda-item':
        if (meeting.withdrawn.has(command.data.item))
          return taken('withdrawal of the item', command.data.item);
        return [{ type: 'AgendaItemWithdrawn', data: command.data }];
      case 'record-participant': {
        const { participant, presence } = command.data;
        const before = meeting.participants.get(participant);
        if (presence !== 'regrets' && notOpened) return notOpened;
        if (before === 'attended' || (before === 'regrets' && presence === 'regrets'))
          return taken('participant', participant);
        return [{ type: 'ParticipantRecorded', data: command.data }];
      }
      case 'record-statement':
        if (notOpened) return notOpened;
        if (meeting.statements.has(command.data.statement)) return taken('statement', command.data.statement);
        return [{ type: 'StatementRecorded', data: command.data }];
      case 'record-report':
        if (notOpened) return notOpened;
        if (meeting.reports.has(command.data.report)) return taken('report', command.data.report);
        return [{ type: 'ReportHeard', data: command.data }];
      case 'record-decision':
        if (notOpened) return notOpened;
        if (meeting.decisions.has(command.data.decision)) return taken('decision', command.data.decision);
        return [{ type: 'DecisionTaken', data: command.data }];
      case 'circulate-minutes':
        return notOpened ?? [{ type: 'MinutesCirculated', data: command.data }];
      case 'approve-minutes': {
        if (lifecycle.status !== 'closed')
          return refuse(
            'meeting-not-closed',
            `The meeting "${id}" is not closed, so its minutes cannot be approved.`,
          );
        const { at } = command.data;
        const meetings = replaceLinks(id, meeting.links, toMeetingOrder(views));
        if (at !== undefined && (at === id || precedes(at, id, meetings)))
          return refuse(
            'circular-order',
            `Minutes are approved at a later meeting, but "${at}" does not come after "${id}".`,
          );
        return [{ type: 'MinutesApproved', data: command.data }];
      }
    }
  },

  evolve(meeting, event) {
    const { type, data } = event;
    const lifecycle = evolveLifecycle(meeting.lifecycle, event);
    const after: Meeting =
      lifecycle === meeting.lifecycle ? meeting : { ...meeting, ...(lifecycle && { lifecycle }) };
    switch (type) {
      case 'MeetingScheduled': {
        const { before, after: follows, partOf } = data;
        return {
          ...after,
          links: {
            ...(before !== undefined && { before }),
            ...(follows !== undefined && { after: follows }),
            ...(partOf !== undefined && { partOf }),
          },
        };
      }
      case 'AgendaItemAdded':
        return { ...after, items: after.items.add(data.item) };
      case 'AgendaItemWithdrawn':
        return { ...after, withdrawn: after.withdrawn.add(data.item) };
      case 'ParticipantRecorded':
        return {
          ...after,
          participants: after.participants.set(
            data.participant,
            data.presence === 'regrets' ? 'regrets' : 'attended',
          ),
        };
      case 'StatementRecorded':
        return { ...after, statements: after.statements.add(data.statement) };
      case 'ReportHeard':
        return { ...after, reports: after.reports.add(data.report) };
      case 'DecisionTaken':
        return { ...after, decisions: after.decisions.add(data.decision) };
      case 'MinutesApproved':
        return { ...after, approved: true };
      default:
        return after;
    }
  },
};

function decideSchedule(
  data: DataOf<events.MeetingScheduled>,
  { lifecycle }: Meeting,
  views: RelatedMeetings,
) {
  if (lifecycle)
    return refuse('id-taken', `The meeting "${data.meeting}" is registered already, with other words.`);
  if (isCircular(data.meeting, data, toMeetingOrder(views)))
    return refuse('circular-order', `"${data.meeting}" would come before itself, or be a part of itself.`);
  return [{ type: 'MeetingScheduled' as const, data }];
}

const toMeetingOrder = ({ meeting, findStreams }: RelatedMeetings): MeetingOrder => ({
  getLinks: (id) => meeting(id)?.links,
  findFollowing: (id) =>
    findStreams('meeting', 'after', id).filter((other) => meeting(other)?.links.after === id),
});

/** What a command refers to inside this meeting or another must be there, whatever else the rules say. */
function findMissingReference(
  { name, data }: MeetingCommand,
  meeting: Meeting,
  views: RelatedMeetings,
): Refusal | undefined {
  const unless = (
    isThere: boolean,
    pointer: string,
    what: string,
    id: string,
    of: string,
  ): Refusal | undefined =>
    isThere ? undefined : refuse('unknown-reference', `The meeting "${of}" has no ${what} "${id}".`, pointer);
  const item = (id: string | undefined, pointer: string) =>
    id === undefined ? undefined : unless(meeting.items.has(id), pointer, 'agenda item', id, data.meeting);
  switch (name) {
    case 'withdraw-agenda-item':
      return item(data.item, '/item');
    case 'record-statement': {
      const { agendaItem, inReplyTo } = data;
      const statement =
        inReplyTo === undefined
          ? undefined
          : unless(meeting.statements.has(inReplyTo), '/inReplyTo', 'statement', inReplyTo, data.meeting);
      return item(agendaItem, '/agendaItem') ?? statement;
    }
    case 'record-report':
      for (const [index, concern] of (data.concerning ?? []).entries()) {
        const { decision, meeting: of = data.meeting } = concern;
        if (decision === undefined) continue;
        const decisions = of === data.meeting ? meeting.decisions : views.meeting(of)?.decisions;
        const refusal = unless(
          decisions?.has(decision) ?? false,
          `/concerning/${index}/decision`,
          'decision',
          decision,
          of,
        );
        if (refusal) return refusal;
      }
      return item(data.agendaItem, '/agendaItem');
    case 'record-decision':
      return item(data.agendaItem, '/agendaItem');
    default:
      return undefined;
  }
}
