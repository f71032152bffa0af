// What happens to a meeting of foreign ministers: commands, and the events that obey them.
import type { Meeting } from '../../src/domain/meeting/decider.js';
import { meeting } from '../../src/domain/meeting/aggregate.js';
import { foldStream, RefusedCommand } from '../../src/eventsourcing/decide-command.js';
import type { AnyCommand, AnyEvent, JsonObject } from '../../src/eventsourcing/message.js';
import type { Views } from '../../src/eventsourcing/aggregate.js';
import { asRecorded, decideOn, specification, texts } from './decider-specification.js';

export const MEETING = 'cfm';
export const STREAM = `meeting-${MEETING}`;
export const fact = (revision: number): string => `${STREAM}@${revision}`;

const stateOf = (id: string, events: readonly AnyEvent[]): Meeting =>
  foldStream(meeting, asRecorded(`meeting-${id}`, events), texts).state as Meeting;

/** A book with these meetings, each by what happened to it. */
export const among = (meetings: { readonly [meeting: string]: readonly AnyEvent[] }): Views => ({
  meeting: (id) => (id in meetings ? stateOf(id, meetings[id] ?? []) : undefined),
  referring: (_kind, field, value) =>
    Object.keys(meetings).filter((id) =>
      meetings[id]?.some(({ data }) =>
        [data, data['with'] as JsonObject].some((said) => said?.[field] === value),
      ),
    ),
});

export const givenAmong = (meetings: { readonly [meeting: string]: readonly AnyEvent[] }) =>
  specification(meeting, STREAM, among(meetings));
export const given = givenAmong({});

/** What a meeting's steps have made of it. */
export const courseAfter = (...events: AnyEvent[]) => stateOf(MEETING, events).course;

/** `/pointer code` of the refusal of the commands, after these facts. */
export const whyNot = (facts: readonly AnyEvent[], commands: readonly AnyCommand[], views = among({})) => {
  const decision = decideOn(meeting, STREAM, asRecorded(STREAM, facts), commands, views);
  return decision instanceof RefusedCommand ? `${decision.pointer ?? ''} ${decision.code}` : decision.events;
};

/** A command and the event that obeys it, with the same words. */
const said = <Words extends unknown[]>(name: string, type: string, words: (...of: Words) => JsonObject) => {
  const data = (...of: Words): JsonObject => ({ meeting: MEETING, ...words(...of) });
  return [
    (...of: Words): AnyCommand => ({ name, data: data(...of) }),
    (...of: Words): AnyEvent => ({ type, data: data(...of) }),
  ] as const;
};
const only = (more: JsonObject = {}): JsonObject => more;

export const [schedule, scheduled] = said(
  'schedule-meeting',
  'MeetingScheduled',
  (scheduledFor: string = '2011-05-31', more: JsonObject = {}) => ({
    title: 'Council of Foreign Ministers',
    convenedBy: 'csto',
    scheduledFor,
    ...more,
  }),
);
/** The schedule of another meeting. */
export const other = (id: string, more: JsonObject = {}): AnyEvent =>
  scheduled('2011', { meeting: id, ...more });

export const [reschedule, rescheduled] = said(
  'reschedule-meeting',
  'MeetingRescheduled',
  (scheduledFor: string, more: JsonObject = {}) => ({ scheduledFor, ...more }),
);
export const [relocate, relocated] = said(
  'relocate-meeting',
  'MeetingRelocated',
  (name: string, more: JsonObject = {}) => ({ place: { name }, ...more }),
);
export const [confirm, confirmed] = said('confirm-meeting', 'MeetingConfirmed', only);
export const [postpone, postponed] = said('postpone-meeting', 'MeetingPostponed', only);
export const [cancel, cancelled] = said('cancel-meeting', 'MeetingCancelled', only);
export const [open, opened] = said(
  'open-meeting',
  'MeetingOpened',
  (at: string = '2011-05-31T10:00:00+03:00', more: JsonObject = {}) => ({ at, ...more }),
);
export const [adjourn, adjourned] = said(
  'adjourn-meeting',
  'MeetingAdjourned',
  (at: string = '2011-05-31T13:00:00+03:00', more: JsonObject = {}) => ({ at, ...more }),
);
export const [close, closed] = said(
  'close-meeting',
  'MeetingClosed',
  (at: string = '2011-06-01', more: JsonObject = {}) => ({
    at,
    ...more,
  }),
);

export const [addItem, itemAdded] = said(
  'add-agenda-item',
  'AgendaItemAdded',
  (item: string, more: JsonObject = {}) => ({ item, title: 'Budget', ...more }),
);
export const [withdrawItem, itemWithdrawn] = said(
  'withdraw-agenda-item',
  'AgendaItemWithdrawn',
  (item: string, more: JsonObject = {}) => ({ item, ...more }),
);
export const [attend, attended] = said(
  'record-participant',
  'ParticipantRecorded',
  (participant: string, presence: string, more: JsonObject = {}) => ({
    participant,
    capacity: 'member',
    presence,
    ...more,
  }),
);
export const [say, heard] = said(
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
export const [report, reported] = said(
  'record-report',
  'ReportHeard',
  (id: string, more: JsonObject = {}) => ({
    report: id,
    title: 'Report of the Secretary General',
    ...more,
  }),
);
export const [decide, decided] = said(
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
export const [circulate, circulated] = said(
  'circulate-minutes',
  'MinutesCirculated',
  (on: string = '2011-06', more: JsonObject = {}) => ({ on, ...more }),
);
export const [approve, approved] = said(
  'approve-minutes',
  'MinutesApproved',
  (on: string = '2011-12-20', more: JsonObject = {}) => ({ on, ...more }),
);
