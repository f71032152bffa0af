// Meetings in their current state, with every date that they had: for each read model that selects by date.
import { parseBounds, toDateWithBounds } from '../../src/dates/edtf.js';
import { toInstantWithBounds } from '../../src/dates/instant.js';
import {
  MEETING_MODES,
  type MeetingEvent,
  type MeetingHours,
  type MeetingMode,
  type MeetingPlace,
  type MeetingPostponed,
  type MeetingRescheduled,
} from '../../src/domain/meeting/events.js';
import {
  type MeetingLifecycle,
  evolveLifecycle,
  getMeetingDays,
  MEETING_STATUSES,
  MEETING_STEP_TYPES,
  type MeetingStatus,
  type MeetingStep,
} from '../../src/domain/meeting/lifecycle.js';
import { canonicalJson } from '../../src/json/canonical-json.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  nullableJson,
  nullableTextOf,
  type Row,
  type RowStores,
  defineTable,
  textOf,
} from '../../src/read-models/declaration/table.js';
import { nullable, object, oneOf, optionalMember, text } from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { amendableMembers, dateShape } from './answer-shapes.js';
import { hoursMembers, toHoursFields } from './meeting-hours.js';
import { type ChairedBy, listChairs } from './chairs.js';
import { AMENDABLE_COLUMNS, toAmendableColumns, toAmendableFields } from './amendable-columns.js';
import { getDisputes, limitDisputes } from './disputes.js';

/** How a date in the history of a meeting came about. */
export const DATE_CHANGES = ['scheduled', 'refinement', 'rescheduling', 'postponement'] as const;
type DateChange = (typeof DATE_CHANGES)[number];

const tables = {
  meetings: defineTable({
    columns: {
      meeting: 'text',
      title: 'text',
      convened_by: 'text',
      status: textOf<MeetingStatus>(),
      /** EDTF, with its bounds; null while the meeting is postponed. */
      scheduled_for: 'text?',
      earliest: 'text?',
      latest: 'text?',
      hours: nullableJson<MeetingHours>(),
      place: nullableJson<MeetingPlace>(),
      mode: nullableTextOf<MeetingMode>(),
      before: 'text?',
      after: 'text?',
      announced_at: 'text?',
      part_of: 'text?',
      was_opened: 'integer',
      /** When it was first opened and closed: an instant or EDTF. */
      opened: 'text?',
      closed: 'text?',
      /** Of an opened meeting: the last day on which it is known to be open or to go on; null if that is unbounded. */
      last_known_day: 'text?',
      /** The chairs that an opening named first. */
      chairs: nullableJson<readonly ChairedBy[]>(),
      /** The days on which it takes place or, before its opening, is planned. */
      day_earliest: 'text?',
      day_latest: 'text?',
      /** The day whose names its record shows; null for the latest names. */
      names_day: 'text?',
      reason: 'text?',
      /** The entry of the last step, the correction of the event that scheduled it, the disputes of all of them. */
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting'],
    indexes: [['meeting'], ['before'], ['after'], ['status'], ['convened_by'], ['part_of', 'meeting']],
  }),
  meeting_dates: defineTable({
    columns: {
      meeting: 'text',
      revision: 'integer',
      scheduled_for: 'text?',
      hours: nullableJson<MeetingHours>(),
      change: textOf<DateChange>(),
      reason: 'text?',
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting', 'revision'],
    indexes: [['meeting', 'revision']],
  }),
};

export type MeetingRow = Row<typeof tables.meetings>;
export type MeetingDateRow = Row<typeof tables.meeting_dates>;

export const findMeeting = (view: View, meeting: string): MeetingRow | undefined =>
  view.get<MeetingRow>(`SELECT * FROM ${view.table('meetings')} WHERE meeting = @meeting`, { meeting });

/** Whether a meeting stands without a date: no source says when. */
const isUndated = ({ status, scheduled_for }: MeetingRow): boolean =>
  scheduled_for === null && status !== 'postponed' && status !== 'cancelled';

/**
 * A first date, a new one inside the earlier range, and hours where none were, refine the plan; any other date, and other
 * hours, move the meeting.
 */
function classifyDateChange(
  before: MeetingRow,
  { scheduledFor, hours }: MeetingRescheduled['data'],
): 'refinement' | 'rescheduling' {
  if (isUndated(before)) return 'refinement';
  const now = parseBounds(scheduledFor);
  const isWithin =
    before.scheduled_for !== null &&
    (before.hours === null || canonicalJson(before.hours) === canonicalJson(hours ?? null)) &&
    (before.earliest === null || (now.earliest !== null && before.earliest <= now.earliest)) &&
    (before.latest === null || (now.latest !== null && now.latest <= before.latest));
  return isWithin ? 'refinement' : 'rescheduling';
}

const toLifecycle = (row: MeetingRow): MeetingLifecycle => ({
  status: row.status,
  scheduledFor: row.scheduled_for,
  opened: row.was_opened === 1,
  ...(row.opened !== null && { firstOpenedAt: row.opened, lastKnownDay: row.last_known_day }),
  ...(row.closed !== null && { closedAt: row.closed }),
});

/** The columns that follow from the lifecycle. */
function toLifecycleColumns(lifecycle: MeetingLifecycle) {
  const { status, scheduledFor, opened, firstOpenedAt, closedAt, lastKnownDay } = lifecycle;
  const plan = scheduledFor === null ? { earliest: null, latest: null } : parseBounds(scheduledFor);
  const days = getMeetingDays(lifecycle);
  return {
    ...plan,
    status,
    scheduled_for: scheduledFor,
    was_opened: Number(opened),
    opened: firstOpenedAt ?? null,
    closed: closedAt ?? null,
    last_known_day: lastKnownDay ?? null,
    day_earliest: days.earliest,
    day_latest: days.latest,
    names_day: firstOpenedAt === undefined ? plan.earliest : (days.earliest ?? days.latest),
  };
}

function applyMeetingStep(fact: Fact<MeetingStep>, rows: RowStores<typeof tables>): void {
  const { type, data } = fact;
  const before = rows.meetings.get({ meeting: data.meeting });
  if (!before) throw new RangeError(`${type} of a meeting that was not scheduled`);
  const lifecycle = toLifecycle(before);
  const disputes = getDisputes(fact);
  const after: MeetingRow = {
    ...before,
    ...toLifecycleColumns(evolveLifecycle(lifecycle, { type, data } as MeetingStep) ?? lifecycle),
    entry: fact.effectiveEntry,
    disputes: disputes ? limitDisputes([...(before.disputes ?? []), ...disputes]) : before.disputes,
  };
  let planned: MeetingRow;
  switch (type) {
    case 'MeetingRescheduled':
    case 'MeetingPostponed':
      planned = { ...after, hours: type === 'MeetingRescheduled' ? (data.hours ?? null) : null };
      putDateChange(fact, before, planned, rows);
      rows.meetings.put({ ...planned, reason: data.reason ?? null });
      break;
    case 'MeetingCancelled':
      rows.meetings.put({ ...after, reason: data.reason ?? null });
      break;
    case 'MeetingRelocated':
      rows.meetings.put({ ...after, place: data.place ?? before.place, mode: data.mode ?? before.mode });
      break;
    case 'MeetingOpened':
      rows.meetings.put({ ...after, chairs: before.chairs ?? listChairs(data) });
      break;
    case 'MeetingConfirmed':
    case 'MeetingAdjourned':
    case 'MeetingClosed':
      rows.meetings.put(after);
  }
}

function putDateChange(
  fact: Fact<MeetingRescheduled | MeetingPostponed>,
  before: MeetingRow,
  after: MeetingRow,
  { meeting_dates }: RowStores<typeof tables>,
): void {
  const { type, data, revision } = fact;
  meeting_dates.put({
    meeting: data.meeting,
    revision,
    scheduled_for: after.scheduled_for,
    hours: after.hours,
    change: type === 'MeetingPostponed' ? 'postponement' : classifyDateChange(before, data),
    reason: data.reason,
    ...toAmendableColumns(fact),
    entry: fact.effectiveEntry,
  });
}

const stepHandlers = Object.fromEntries(MEETING_STEP_TYPES.map((type) => [type, applyMeetingStep])) as {
  readonly [T in MeetingStep['type']]: typeof applyMeetingStep;
};

export const meetingTables = defineSharedTables<MeetingEvent>()({
  tables,
  when: {
    MeetingScheduled: (fact, { meetings, meeting_dates }) => {
      const {
        meeting,
        title,
        convenedBy,
        scheduledFor,
        hours,
        place,
        mode,
        before,
        after,
        announcedAt,
        partOf,
      } = fact.data;
      const lifecycle = evolveLifecycle(undefined, { type: 'MeetingScheduled', data: fact.data });
      if (!lifecycle) throw new RangeError('a scheduled meeting has a lifecycle');
      meetings.put({
        ...toLifecycleColumns(lifecycle),
        meeting,
        title,
        convened_by: convenedBy,
        hours,
        place,
        mode,
        before,
        after,
        announced_at: announcedAt,
        part_of: partOf,
        ...toAmendableColumns(fact),
        entry: fact.effectiveEntry,
      });
      meeting_dates.put({
        meeting,
        revision: fact.revision,
        scheduled_for: scheduledFor,
        hours,
        change: 'scheduled',
        ...toAmendableColumns(fact),
        entry: fact.effectiveEntry,
      });
    },
    ...stepHandlers,
  },
});

/** SQL: whether the meeting `m` has days of its own, and whether it stands without a date. */
const HAS_DAYS = '(m.scheduled_for IS NOT NULL OR m.was_opened = 1)';
const IS_UNDATED = `(m.scheduled_for IS NULL AND m.was_opened = 0 AND m.status NOT IN ('postponed', 'cancelled'))`;

/** SQL: the days of meetings that come before `m`, or after it, over any number of meetings. */
const createNeighborSql = (view: View, bound: string, forward: boolean): string => {
  const meetings = view.table('meetings');
  const [next, back] = forward ? ['before', 'after'] : ['after', 'before'];
  return `(WITH RECURSIVE linked (id) AS (
      SELECT m.meeting
      UNION SELECT n."${next}" FROM linked l JOIN ${meetings} n ON n.meeting = l.id WHERE n."${next}" IS NOT NULL
      UNION SELECT n.meeting FROM linked l JOIN ${meetings} n ON n."${back}" = l.id
    ) SELECT ${bound} FROM linked l JOIN ${meetings} n ON n.meeting = l.id
      WHERE n.meeting <> m.meeting AND n.status NOT IN ('postponed', 'cancelled'))`;
};

/**
 * SQL: the first and the last day on which the meeting `m` may be; null if unbounded. One without a date is bounded by
 * the meetings before and after it in the order.
 */
export const createPossibleDaysSql = (view: View) => ({
  earliest: `CASE WHEN ${IS_UNDATED} THEN ${createNeighborSql(view, 'max(n.day_earliest)', false)} ELSE m.day_earliest END`,
  latest: `CASE WHEN ${IS_UNDATED} THEN ${createNeighborSql(view, 'min(n.day_latest)', true)} ELSE m.day_latest END`,
});

/** SQL: 0 with days, 1 without a date, 2 postponed or given up before there was one. */
export const MEETING_RANK = `CASE WHEN ${HAS_DAYS} THEN 0 WHEN ${IS_UNDATED} THEN 1 ELSE 2 END`;

export const meetingItemMembers = {
  id: text(),
  title: text(),
  status: oneOf(MEETING_STATUSES),
  scheduledFor: nullable(dateShape),
  ...hoursMembers,
  place: nullable(object({ name: text(), country: optionalMember(text()) }, 'Place')),
  mode: nullable(oneOf(MEETING_MODES)),
  convenedBy: text('An organization.'),
  before: nullable(text('A meeting that it takes place before.')),
  after: nullable(text('A meeting that it takes place after.')),
  announcedAt: nullable(text('The meeting that announced it.')),
  partOf: nullable(text('The meeting that it is a part of.')),
  opened: nullable(dateShape),
  closed: nullable(dateShape),
  reason: optionalMember(text('Of the last postponement, rescheduling or cancellation.')),
  ...amendableMembers,
};
export const meetingItemShape = object(meetingItemMembers, 'Meeting');

export const toMeetingItem = (row: MeetingRow) => ({
  id: row.meeting,
  title: row.title,
  status: row.status,
  scheduledFor: row.scheduled_for === null ? null : toDateWithBounds(row.scheduled_for),
  ...toHoursFields(row),
  place: row.place,
  mode: row.mode,
  convenedBy: row.convened_by,
  before: row.before,
  after: row.after,
  announcedAt: row.announced_at,
  partOf: row.part_of,
  opened: row.opened === null ? null : toInstantWithBounds(row.opened),
  closed: row.closed === null ? null : toInstantWithBounds(row.closed),
  ...(row.reason !== null && { reason: row.reason }),
  ...toAmendableFields(row),
});
