// The rules of a meeting and its record, by event type; how the state evolves and divides follows from them. Pure.
import type { StatePartAccess, StateParts } from '../../eventsourcing/decider.js';
import type { DataOf } from '../../eventsourcing/message.js';
import type { Json } from '../../json/json.js';
import { agendaRules } from './agenda-rules.js';
import { attendanceRules } from './attendance-rules.js';
import { decisionRules } from './decision-rules.js';
import type { Availability, EventRule, EventRules, PartChange, RecordEvent } from './event-rule.js';
import type { MeetingEvent, MeetingScheduled } from './events.js';
import { lifeRules } from './life-rules.js';
import { evolveLifecycle, isMeetingStep } from './lifecycle.js';
import type { MeetingLinks } from './meeting-order.js';
import { minutesRules } from './minutes-rules.js';
import { formatPartName, type Meeting } from './state.js';
import { statementRules } from './statement-rules.js';

const rules: EventRules<RecordEvent> = {
  ...lifeRules,
  ...agendaRules,
  ...attendanceRules,
  ...statementRules,
  ...decisionRules,
  ...minutesRules,
};

/** The row of an event type. It takes data of that type, which the compiler cannot follow through the table. */
export const getEventRule = (type: RecordEvent['type']): EventRule<RecordEvent> =>
  rules[type] as EventRule<RecordEvent>;

export const getAvailability = ({ type, data }: RecordEvent): Availability => {
  const { availability } = getEventRule(type);
  return typeof availability === 'string' ? availability : availability(data);
};

/** See AggregateDeclaration.getRepetitionTrack. */
export const getMeetingEventTrack = (event: MeetingEvent): string | undefined =>
  event.type === 'MeetingScheduled' ? undefined : getEventRule(event.type).getTrack?.(event.data);

export function evolveMeeting(before: Meeting, event: MeetingEvent): Meeting {
  if (event.type === 'MeetingScheduled' || isMeetingStep(event)) {
    const lifecycle = evolveLifecycle(before.lifecycle, event);
    return {
      ...before,
      ...(lifecycle && { lifecycle }),
      ...(event.type === 'MeetingScheduled' && { links: getLinks(event.data) }),
    };
  }
  if (event.type === 'MinutesApproved') return { ...before, hasApprovedMinutes: true };
  const parts = listPartChanges(event).reduce(
    (evolved, { part, evolve }) => setOrDelete(evolved, part, evolve(evolved.get(part))),
    before.parts,
  );
  return parts === before.parts ? before : { ...before, parts };
}

const listPartChanges = (event: RecordEvent): readonly PartChange[] =>
  getEventRule(event.type).listChanges?.(event.data) ?? [];

const setOrDelete = (parts: Meeting['parts'], part: string, value: Json | undefined): Meeting['parts'] =>
  value === undefined ? parts.delete(part) : parts.set(part, value);

const getLinks = ({ before, after, partOf }: DataOf<MeetingScheduled>): MeetingLinks => ({
  ...(before !== undefined && { before }),
  ...(after !== undefined && { after }),
  ...(partOf !== undefined && { partOf }),
});

function listOwnParts(event: MeetingEvent): readonly string[] {
  switch (event.type) {
    case 'MeetingScheduled':
      return ['isScheduled', 'wasOpened', 'links', 'lifecycle'];
    case 'MeetingOpened':
      return ['wasOpened', 'lifecycle'];
    case 'MinutesApproved':
      return ['hasApprovedMinutes'];
    default:
      return isMeetingStep(event) ? ['lifecycle'] : listPartChanges(event).map(({ part }) => part);
  }
}

const PARTS_BY_AVAILABILITY: { readonly [A in Availability]: readonly string[] } = {
  always: [],
  'once-opened': ['wasOpened'],
  'while-open': ['lifecycle'],
};

function listReadParts(event: MeetingEvent): readonly string[] {
  if (event.type === 'MeetingScheduled') return [];
  const { listReferences, reads = [] } = getEventRule(event.type);
  const { meeting } = event.data;
  const referred = (listReferences?.(event.data) ?? []).flatMap(({ kind, id, meeting: other = meeting }) =>
    id === undefined || other !== meeting ? [] : [formatPartName(kind, id)],
  );
  return [...PARTS_BY_AVAILABILITY[getAvailability(event)], ...reads, ...referred];
}

/** `<kind> <id>`: a part of the record; `wasOpened` and `isScheduled` are what most rules read of the lifecycle. */
export const meetingParts: StateParts<MeetingEvent, Meeting> = {
  getAccess(event): StatePartAccess {
    const sets = listOwnParts(event);
    return { sets, reads: ['isScheduled', 'hasApprovedMinutes', ...sets, ...listReadParts(event)] };
  },

  getPart(meeting, part) {
    switch (part) {
      case 'isScheduled':
        return meeting.lifecycle !== undefined;
      case 'wasOpened':
        return meeting.lifecycle?.opened;
      case 'lifecycle':
      case 'links':
      case 'hasApprovedMinutes':
        return meeting[part];
      default:
        return meeting.parts.get(part);
    }
  },

  copyPart(meeting, part, from) {
    switch (part) {
      case 'isScheduled':
      case 'wasOpened':
        return meeting; // with the lifecycle
      case 'lifecycle':
      case 'links':
      case 'hasApprovedMinutes':
        return { ...meeting, [part]: from[part] };
      default:
        return { ...meeting, parts: setOrDelete(meeting.parts, part, from.parts.get(part)) };
    }
  },
};
