// A meeting of foreign ministers: commands, and the events that they record.
import type { meetingDecider } from '../../src/domain/meeting/decider.js';

import { meeting } from '../../src/domain/meeting/aggregate.js';
import { RefusedCommand } from '../../src/eventsourcing/decide-command.js';
import { foldStream } from '../../src/eventsourcing/stream-state.js';
import type { AnyCommand, AnyEvent } from '../../src/eventsourcing/message.js';
import type { JsonObject } from '../../src/json/json.js';
import type { RelatedState } from '../../src/eventsourcing/aggregate.js';
import {
  toRecordedEvents,
  decideCommandsAfter,
  createSpecification,
  keepText,
} from './decider-specification.js';

export const MEETING_ID = 'cfm';
export const STREAM = `meeting-${MEETING_ID}`;
export const getFactReference = (revision: number): string => `${STREAM}@${revision}`;

type Meeting = (typeof meetingDecider)['initialState'];

const foldMeeting = (id: string, events: readonly AnyEvent[]): Meeting =>
  foldStream(meeting, toRecordedEvents(`meeting-${id}`, events), keepText).state as Meeting;

/** The state of other meetings, each folded from its events. */
export const createRelatedMeetings = (meetings: {
  readonly [meeting: string]: readonly AnyEvent[];
}): RelatedState => ({
  meeting: (id) => (id in meetings ? foldMeeting(id, meetings[id] ?? []) : undefined),
  findStreams: (_kind, field, value) =>
    Object.keys(meetings).filter((id) =>
      meetings[id]?.some(({ data }) =>
        [data, data['with'] as JsonObject].some((said) => said?.[field] === value),
      ),
    ),
});

export const givenMeetings = (meetings: { readonly [meeting: string]: readonly AnyEvent[] }) =>
  createSpecification(meeting, STREAM, createRelatedMeetings(meetings));
export const given = givenMeetings({});

/** The lifecycle after these events. */
export const foldLifecycle = (...events: AnyEvent[]) => foldMeeting(MEETING_ID, events).lifecycle;

/** `/pointer code` of the refusal of the commands, after these facts. */
export const decideMeeting = (
  facts: readonly AnyEvent[],
  commands: readonly AnyCommand[],
  views = createRelatedMeetings({}),
) => {
  const decision = decideCommandsAfter(meeting, STREAM, toRecordedEvents(STREAM, facts), commands, views);
  return decision instanceof RefusedCommand ? `${decision.pointer ?? ''} ${decision.code}` : decision.events;
};

/** A command and the event that it records, with the same data. */
const defineCommandAndEvent = <Words extends unknown[]>(
  name: string,
  type: string,
  words: (...of: Words) => JsonObject,
) => {
  const data = (...of: Words): JsonObject => ({ meeting: MEETING_ID, ...words(...of) });
  return [
    (...of: Words): AnyCommand => ({ name, data: data(...of) }),
    (...of: Words): AnyEvent => ({ type, data: data(...of) }),
  ] as const;
};
const toFields = (more: JsonObject = {}): JsonObject => more;

export const [schedule, scheduled] = defineCommandAndEvent(
  'schedule-meeting',
  'MeetingScheduled',
  (scheduledFor: string = '2011-05-31', more: JsonObject = {}) => ({
    title: 'Council of Foreign Ministers',
    convenedBy: 'csto',
    scheduledFor,
    ...more,
  }),
);
/** A meeting of which no source says when it is. */
export const [scheduleUndated, scheduledUndated] = defineCommandAndEvent(
  'schedule-meeting',
  'MeetingScheduled',
  (more: JsonObject = {}) => ({ title: 'Council of Foreign Ministers', convenedBy: 'csto', ...more }),
);
/** The schedule of another meeting. */
export const otherScheduled = (id: string, more: JsonObject = {}): AnyEvent =>
  scheduled('2011', { meeting: id, ...more });

export const [reschedule, rescheduled] = defineCommandAndEvent(
  'reschedule-meeting',
  'MeetingRescheduled',
  (scheduledFor: string, more: JsonObject = {}) => ({ scheduledFor, ...more }),
);
export const [relocate, relocated] = defineCommandAndEvent(
  'relocate-meeting',
  'MeetingRelocated',
  (name: string, more: JsonObject = {}) => ({ place: { name }, ...more }),
);
export const [confirm, confirmed] = defineCommandAndEvent('confirm-meeting', 'MeetingConfirmed', toFields);
export const [postpone, postponed] = defineCommandAndEvent('postpone-meeting', 'MeetingPostponed', toFields);
export const [cancel, cancelled] = defineCommandAndEvent('cancel-meeting', 'MeetingCancelled', toFields);
export const [open, opened] = defineCommandAndEvent(
  'open-meeting',
  'MeetingOpened',
  (at: string = '2011-05-31T10:00:00+03:00', more: JsonObject = {}) => ({ at, ...more }),
);
export const [adjourn, adjourned] = defineCommandAndEvent(
  'adjourn-meeting',
  'MeetingAdjourned',
  (at: string = '2011-05-31T13:00:00+03:00', more: JsonObject = {}) => ({ at, ...more }),
);
export const [close, closed] = defineCommandAndEvent(
  'close-meeting',
  'MeetingClosed',
  (at: string = '2011-06-01', more: JsonObject = {}) => ({
    at,
    ...more,
  }),
);

export const [handOver, handedOver] = defineCommandAndEvent(
  'hand-over-chair',
  'ChairHandedOver',
  (to: string, more: JsonObject = {}) => ({ to: [{ party: to }], ...more }),
);

export const [addItem, itemAdded] = defineCommandAndEvent(
  'add-agenda-item',
  'AgendaItemAdded',
  (item: string, more: JsonObject = {}) => ({ item, title: 'Budget', ...more }),
);
export const [withdrawItem, itemWithdrawn] = defineCommandAndEvent(
  'withdraw-agenda-item',
  'AgendaItemWithdrawn',
  (item: string, more: JsonObject = {}) => ({ item, ...more }),
);
export const [restoreItem, itemRestored] = defineCommandAndEvent(
  'restore-agenda-item',
  'AgendaItemRestored',
  (item: string, more: JsonObject = {}) => ({ item, ...more }),
);
export const [moveItem, itemMoved] = defineCommandAndEvent(
  'move-agenda-item',
  'AgendaItemMoved',
  (item: string, more: JsonObject = { last: true }) => ({ item, ...more }),
);
export const [adoptAgenda, agendaAdopted] = defineCommandAndEvent('adopt-agenda', 'AgendaAdopted', toFields);
export const [recordParticipant, participantRecorded] = defineCommandAndEvent(
  'record-participant',
  'ParticipantRecorded',
  (participant: string, presence: string, more: JsonObject = {}) => ({
    participant,
    capacity: 'member',
    presence,
    ...more,
  }),
);
export const [recordStatement, statementRecorded] = defineCommandAndEvent(
  'record-statement',
  'StatementRecorded',
  (statement: string, more: JsonObject = {}) => ({
    statement,
    nameAsPrinted: 'Ms. J. Doe',
    form: 'summary',
    text: 'Welcomed the report.',
    language: 'en',
    ...more,
  }),
);
export const [recordReport, reportHeard] = defineCommandAndEvent(
  'record-report',
  'ReportHeard',
  (id: string, more: JsonObject = {}) => ({
    report: id,
    title: 'Report of the Secretary General',
    ...more,
  }),
);
export const [recordDecision, decisionTaken] = defineCommandAndEvent(
  'record-decision',
  'DecisionTaken',
  (decision: string, more: JsonObject = {}) => ({
    decision,
    title: 'Budget for 2012',
    kind: 'decision',
    outcome: 'adopted',
    by: 'consensus',
    ...more,
  }),
);
export const [circulate, circulated] = defineCommandAndEvent(
  'circulate-minutes',
  'MinutesCirculated',
  (on: string = '2011-06', more: JsonObject = {}) => ({ on, ...more }),
);
export const [approve, approved] = defineCommandAndEvent(
  'approve-minutes',
  'MinutesApproved',
  (on: string = '2011-12-20', more: JsonObject = {}) => ({ on, ...more }),
);
