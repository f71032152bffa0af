// Meetings as they stand, with every date that they ever had: for each read model that asks when.
import { bounds, dateInTime } from '../../src/dates/edtf.js';
import { momentInTime } from '../../src/dates/instant.js';
import type { MeetingEvent, MeetingStep, Place } from '../../src/domain/meeting/events.js';
import { type Course, courseAfter, type Status } from '../../src/domain/meeting/lifecycle.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import {
  nullableJson,
  type Row,
  type RowsOf,
  shared,
  table,
} from '../../src/read-models/declaration/read-model.js';
import { corrected, type Correction, correctionOf } from './corrections.js';
import { type Dispute, disputesOf, marked } from './disputes.js';

const tables = {
  meetings: table({
    columns: {
      meeting: 'text',
      title: 'text',
      convened_by: 'text',
      status: 'text',
      /** EDTF, with its bounds; null while the meeting is postponed. */
      scheduled_for: 'text?',
      earliest: 'text?',
      latest: 'text?',
      place: nullableJson<Place>(),
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
      entry: 'integer',
      /** Of what it was scheduled as. */
      correction: nullableJson<Correction>(),
      /** Of that and of every step since. */
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['meeting'],
    indexes: [['meeting'], ['before'], ['after'], ['status'], ['convened_by']],
  }),
  meeting_dates: table({
    columns: {
      meeting: 'text',
      revision: 'integer',
      scheduled_for: 'text?',
      /** `scheduled`, `refinement`, `rescheduling` or `postponement`. */
      change: 'text',
      reason: 'text?',
      entry: 'integer',
      correction: nullableJson<Correction>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['meeting', 'revision'],
    indexes: [['meeting', 'revision']],
  }),
};

type MeetingRow = Row<(typeof tables)['meetings']>;

/** A new date inside the earlier range is a refinement of it, any other moves the meeting. */
function changeOf(before: MeetingRow, scheduledFor: string): 'refinement' | 'rescheduling' {
  const now = bounds(scheduledFor);
  const isWithin =
    before.scheduled_for !== null &&
    (before.earliest === null || (now.earliest !== null && before.earliest <= now.earliest)) &&
    (before.latest === null || (now.latest !== null && now.latest <= before.latest));
  return isWithin ? 'refinement' : 'rescheduling';
}

function step(fact: Fact<MeetingStep>, { meetings, meeting_dates }: RowsOf<typeof tables>): void {
  const { type, data, revision, saidAt: entry } = fact;
  const before = meetings.get({ meeting: data.meeting });
  if (!before) throw new RangeError(`${type} of a meeting that was not scheduled`);
  const course: Course = {
    status: before.status as Status,
    scheduledFor: before.scheduled_for,
    opened: before.was_opened === 1,
  };
  const { status, scheduledFor, opened } = courseAfter(course, { type, data } as MeetingStep) ?? course;
  const days = scheduledFor === null ? { earliest: null, latest: null } : bounds(scheduledFor);
  const after = {
    ...before,
    ...days,
    status,
    scheduled_for: scheduledFor,
    was_opened: Number(opened),
    entry,
    disputes: disputesOf(fact) ? [...(before.disputes ?? []), ...(disputesOf(fact) ?? [])] : before.disputes,
  };
  switch (type) {
    case 'MeetingRescheduled':
    case 'MeetingPostponed':
      meeting_dates.put({
        meeting: data.meeting,
        revision,
        scheduled_for: scheduledFor,
        change: type === 'MeetingPostponed' ? 'postponement' : changeOf(before, data.scheduledFor),
        reason: data.reason,
        entry,
        correction: correctionOf(fact),
        disputes: disputesOf(fact),
      });
      meetings.put(withDays({ ...after, reason: data.reason ?? null }));
      break;
    case 'MeetingCancelled':
      meetings.put({ ...after, reason: data.reason ?? null });
      break;
    case 'MeetingRelocated':
      meetings.put({ ...after, place: data.place ?? before.place, mode: data.mode ?? before.mode });
      break;
    case 'MeetingOpened':
      meetings.put(
        withDays({ ...after, opened: before.opened ?? data.at, chair: data.chair ?? before.chair }),
      );
      break;
    case 'MeetingClosed':
      meetings.put(withDays({ ...after, closed: data.at }));
      break;
    case 'MeetingConfirmed':
    case 'MeetingAdjourned':
      meetings.put(after);
  }
}

/** Once it was opened, a meeting's days are those on which it took place. */
function withDays(row: MeetingRow): MeetingRow {
  if (row.opened === null) return { ...row, day_earliest: row.earliest, day_latest: row.latest };
  const opened = momentInTime(row.opened);
  const closed = row.closed === null ? opened : momentInTime(row.closed);
  return { ...row, day_earliest: opened.earliest, day_latest: closed.latest };
}

export const calendar = shared<MeetingEvent>()({
  tables,
  when: {
    MeetingScheduled: (fact, { meetings, meeting_dates }) => {
      const { meeting, title, convenedBy, scheduledFor, place, mode, before, after, announcedAt, partOf } =
        fact.data;
      const course = courseAfter(undefined, { type: 'MeetingScheduled', data: fact.data });
      const { earliest, latest } = bounds(scheduledFor);
      meetings.put({
        meeting,
        title,
        convened_by: convenedBy,
        status: course?.status ?? 'announced',
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
        entry: fact.saidAt,
        correction: correctionOf(fact),
        disputes: disputesOf(fact),
      });
      meeting_dates.put({
        meeting,
        revision: fact.revision,
        scheduled_for: scheduledFor,
        change: 'scheduled',
        entry: fact.saidAt,
        correction: correctionOf(fact),
        disputes: disputesOf(fact),
      });
    },
    MeetingRescheduled: step,
    MeetingRelocated: step,
    MeetingConfirmed: step,
    MeetingPostponed: step,
    MeetingCancelled: step,
    MeetingOpened: step,
    MeetingAdjourned: step,
    MeetingClosed: step,
  },
});

/** A row of `meetings`, without the columns that are only looked up by. */
export type Listed = MeetingRow;

export const listed = (row: Listed) => ({
  id: row.meeting,
  title: row.title,
  status: row.status,
  scheduledFor: row.scheduled_for === null ? null : dateInTime(row.scheduled_for),
  place: row.place,
  mode: row.mode,
  convenedBy: row.convened_by,
  before: row.before,
  after: row.after,
  announcedAt: row.announced_at,
  partOf: row.part_of,
  opened: row.opened === null ? null : momentInTime(row.opened),
  closed: row.closed === null ? null : momentInTime(row.closed),
  ...(row.reason !== null && { reason: row.reason }),
  entry: row.entry,
  ...corrected(row.correction),
  ...marked(row.disputes),
});
