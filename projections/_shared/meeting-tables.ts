// Meetings in their current state, with every date that they had: for each read model that selects by date.
import { parseBounds, toDateWithBounds } from '../../src/dates/edtf.js';
import { toInstantWithBounds } from '../../src/dates/instant.js';
import type { MeetingEvent, MeetingPlace } from '../../src/domain/meeting/events.js';
import {
  type MeetingLifecycle,
  evolveLifecycle,
  MEETING_STEP_TYPES,
  type MeetingStatus,
  type MeetingStep,
} from '../../src/domain/meeting/lifecycle.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  nullableJson,
  type Row,
  type RowStores,
  defineTable,
} from '../../src/read-models/declaration/table.js';
import { AMENDABLE_COLUMNS, toAmendableColumns, toAmendableFields } from './amendable-columns.js';
import { getDisputes } from './disputes.js';

const tables = {
  meetings: defineTable({
    columns: {
      meeting: 'text',
      title: 'text',
      convened_by: 'text',
      status: 'text',
      /** EDTF, with its bounds; null while the meeting is postponed. */
      scheduled_for: 'text?',
      earliest: 'text?',
      latest: 'text?',
      place: nullableJson<MeetingPlace>(),
      mode: 'text?',
      before: 'text?',
      after: 'text?',
      announced_at: 'text?',
      part_of: 'text?',
      was_opened: 'integer',
      /** When it was first opened and last closed: an instant or EDTF. */
      opened: 'text?',
      closed: 'text?',
      chair: nullableJson<{ readonly person?: string; readonly organization?: string }>(),
      /** The days on which it took place or, before that, is planned. */
      day_earliest: 'text?',
      day_latest: 'text?',
      reason: 'text?',
      /** The entry of the last step, the correction of the event that scheduled it, the disputes of all of them. */
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting'],
    indexes: [['meeting'], ['before'], ['after'], ['status'], ['convened_by']],
  }),
  meeting_dates: defineTable({
    columns: {
      meeting: 'text',
      revision: 'integer',
      scheduled_for: 'text?',
      /** `scheduled`, `refinement`, `rescheduling` or `postponement`. */
      change: 'text',
      reason: 'text?',
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting', 'revision'],
    indexes: [['meeting', 'revision']],
  }),
};

export type MeetingRow = Row<typeof tables.meetings>;
export type MeetingDateRow = Row<typeof tables.meeting_dates>;

/** A new date inside the earlier range refines it; any other date moves the meeting. */
function classifyDateChange(before: MeetingRow, scheduledFor: string): 'refinement' | 'rescheduling' {
  const now = parseBounds(scheduledFor);
  const isWithin =
    before.scheduled_for !== null &&
    (before.earliest === null || (now.earliest !== null && before.earliest <= now.earliest)) &&
    (before.latest === null || (now.latest !== null && now.latest <= before.latest));
  return isWithin ? 'refinement' : 'rescheduling';
}

function applyMeetingStep(
  fact: Fact<MeetingStep>,
  { meetings, meeting_dates }: RowStores<typeof tables>,
): void {
  const { type, data, revision, effectiveEntry: entry } = fact;
  const before = meetings.get({ meeting: data.meeting });
  if (!before) throw new RangeError(`${type} of a meeting that was not scheduled`);
  const lifecycle: MeetingLifecycle = {
    status: before.status as MeetingStatus,
    scheduledFor: before.scheduled_for,
    opened: before.was_opened === 1,
  };
  const { status, scheduledFor, opened } =
    evolveLifecycle(lifecycle, { type, data } as MeetingStep) ?? lifecycle;
  const days = scheduledFor === null ? { earliest: null, latest: null } : parseBounds(scheduledFor);
  const after = {
    ...before,
    ...days,
    status,
    scheduled_for: scheduledFor,
    was_opened: Number(opened),
    entry,
    disputes: getDisputes(fact)
      ? [...(before.disputes ?? []), ...(getDisputes(fact) ?? [])]
      : before.disputes,
  };
  switch (type) {
    case 'MeetingRescheduled':
    case 'MeetingPostponed':
      meeting_dates.put({
        meeting: data.meeting,
        revision,
        scheduled_for: scheduledFor,
        change: type === 'MeetingPostponed' ? 'postponement' : classifyDateChange(before, data.scheduledFor),
        reason: data.reason,
        ...toAmendableColumns(fact),
        entry,
      });
      meetings.put(updateDays({ ...after, reason: data.reason ?? null }));
      break;
    case 'MeetingCancelled':
      meetings.put({ ...after, reason: data.reason ?? null });
      break;
    case 'MeetingRelocated':
      meetings.put({ ...after, place: data.place ?? before.place, mode: data.mode ?? before.mode });
      break;
    case 'MeetingOpened':
      meetings.put(
        updateDays({ ...after, opened: before.opened ?? data.at, chair: data.chair ?? before.chair }),
      );
      break;
    case 'MeetingClosed':
      meetings.put(updateDays({ ...after, closed: data.at }));
      break;
    case 'MeetingConfirmed':
    case 'MeetingAdjourned':
      meetings.put(after);
  }
}

/** Once it was opened, a meeting's days are those on which it took place. */
function updateDays(row: MeetingRow): MeetingRow {
  if (row.opened === null) return { ...row, day_earliest: row.earliest, day_latest: row.latest };
  const opened = toInstantWithBounds(row.opened);
  const closed = row.closed === null ? opened : toInstantWithBounds(row.closed);
  return { ...row, day_earliest: opened.earliest, day_latest: closed.latest };
}

const stepHandlers = Object.fromEntries(MEETING_STEP_TYPES.map((type) => [type, applyMeetingStep])) as {
  readonly [T in MeetingStep['type']]: typeof applyMeetingStep;
};

export const meetingTables = defineSharedTables<MeetingEvent>()({
  tables,
  when: {
    MeetingScheduled: (fact, { meetings, meeting_dates }) => {
      const { meeting, title, convenedBy, scheduledFor, place, mode, before, after, announcedAt, partOf } =
        fact.data;
      const lifecycle = evolveLifecycle(undefined, { type: 'MeetingScheduled', data: fact.data });
      const { earliest, latest } = parseBounds(scheduledFor);
      meetings.put({
        meeting,
        title,
        convened_by: convenedBy,
        status: lifecycle?.status ?? 'announced',
        scheduled_for: scheduledFor,
        earliest,
        latest,
        place,
        mode,
        before,
        after,
        announced_at: announcedAt,
        part_of: partOf,
        was_opened: 0,
        day_earliest: earliest,
        day_latest: latest,
        ...toAmendableColumns(fact),
        entry: fact.effectiveEntry,
      });
      meeting_dates.put({
        meeting,
        revision: fact.revision,
        scheduled_for: scheduledFor,
        change: 'scheduled',
        ...toAmendableColumns(fact),
        entry: fact.effectiveEntry,
      });
    },
    ...stepHandlers,
  },
});

/** SQL for the filters `from` and `to`, which are days: whether the meeting `m` may have been, or be planned, by then. */
export const MEETING_DAY_CONDITIONS = {
  from: '(m.day_latest IS NULL OR m.day_latest >= @from)',
  to: '(m.day_earliest IS NULL OR m.day_earliest <= @to)',
} as const;

export const toMeetingItem = (row: MeetingRow) => ({
  id: row.meeting,
  title: row.title,
  status: row.status,
  scheduledFor: row.scheduled_for === null ? null : toDateWithBounds(row.scheduled_for),
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
