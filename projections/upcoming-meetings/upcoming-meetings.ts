// Upcoming meetings, in the order of their dates and of their links before and after each other.
import { compareEarliestDays, compareLatestDays } from '../../src/dates/edtf.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import { object } from '../../src/read-models/declaration/shape.js';
import type { SqlParameters, View } from '../../src/read-models/declaration/view.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import {
  createPossibleDaysSql,
  MEETING_RANK,
  meetingItemMembers,
  meetingTables,
  type MeetingRow,
  toMeetingItem,
} from '../_shared/meeting-tables.js';
import { conflictMembers, toConflictFields } from '../_shared/conflicts.js';
import { type Link, orderByLinks } from './order-by-links.js';

const upcomingMeetingShape = object({ ...meetingItemMembers, ...conflictMembers }, 'UpcomingMeeting');

/** The meetings that follow one, directly or not, whether they are listed or not. */
function findFollowers(view: View, meeting: string): ReadonlySet<string> {
  const found = view.all<{ readonly id: string }>(
    `WITH RECURSIVE following (id) AS (
      SELECT @meeting
      UNION SELECT m.before FROM following f JOIN ${view.table('meetings')} m ON m.meeting = f.id WHERE m.before IS NOT NULL
      UNION SELECT m.meeting FROM following f JOIN ${view.table('meetings')} m ON m.after = f.id
    )
    SELECT m.before AS id FROM following f JOIN ${view.table('meetings')} m ON m.meeting = f.id WHERE m.before IS NOT NULL
    UNION SELECT m.meeting FROM following f JOIN ${view.table('meetings')} m ON m.after = f.id`,
    { meeting },
  );
  return new Set(found.map(({ id }) => id));
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

type UpcomingRow = MeetingRow & { readonly rank: number };

const getBegin = ({ hours }: MeetingRow): string => hours?.begins ?? '~';

/** By date, then hour, then id; meetings without a date come after those, and postponed ones last. */
const compareByDate = (a: UpcomingRow, b: UpcomingRow): number =>
  a.rank - b.rank ||
  compareEarliestDays(a.day_earliest, b.day_earliest) ||
  compareLatestDays(a.day_latest, b.day_latest) ||
  compareTexts(getBegin(a), getBegin(b)) ||
  (a.meeting < b.meeting ? -1 : 1);

/** The links among upcoming meetings, and those over other meetings that follow them. */
const readLinks = (view: View, upcoming: string, parameters: SqlParameters): readonly Link[] =>
  view.all<Link>(
    `WITH RECURSIVE following (id) AS (
      SELECT meeting FROM (${upcoming})
      UNION SELECT m.before FROM following f JOIN ${view.table('meetings')} m ON m.meeting = f.id WHERE m.before IS NOT NULL
      UNION SELECT m.meeting FROM following f JOIN ${view.table('meetings')} m ON m.after = f.id
    )
    SELECT f.id AS earlier, m.before AS later FROM following f JOIN ${view.table('meetings')} m ON m.meeting = f.id WHERE m.before IS NOT NULL
    UNION SELECT f.id, m.meeting FROM following f JOIN ${view.table('meetings')} m ON m.after = f.id`,
    parameters,
  );

/**
 * Topological order; among the meetings that none precedes, the earliest first. Meetings in a cycle (two nodes may have
 * recorded its links at once) are ordered by their dates and show a conflict.
 */
function readInOrder(view: View, upcoming: string, parameters: SqlParameters) {
  const meetings = view.all<UpcomingRow>(upcoming, parameters).sort(compareByDate);
  const links = readLinks(view, upcoming, parameters);
  const { ordered, cyclic } = orderByLinks(meetings, ({ meeting }) => meeting, links);
  return ordered.map((row) => ({
    ...toMeetingItem(row),
    ...toConflictFields(cyclic.has(row.meeting) && 'circular'),
  }));
}

const upcomingMeetings = defineReadModel()({
  name: 'upcoming-meetings',
  version: 4,
  include: [meetingTables],
  tables: {},
  when: {},
  shownIn: {
    meetings: ({ meeting, before, after, day_earliest, day_latest }: MeetingRow, view) => {
      // All meetings of a cycle show the conflict, and a meeting without links of its own is in no cycle.
      const followers = before === null && after === null ? new Set<string>() : findFollowers(view, meeting);
      const affected = followers.has(meeting) ? [...followers] : [meeting];
      return affected.map((id) => ({
        query: 'upcoming',
        key: { id },
        only: { meeting: id },
        days: [day_earliest, day_latest],
      }));
    },
  },
  queries: {
    upcoming: defineQuery(
      (view, { day, limit, after, only }: QueryRequest) => {
        const upcoming = `SELECT m.*, ${MEETING_RANK} AS rank FROM ${view.table('meetings')} m
            WHERE m.status NOT IN ('cancelled', 'closed')
              AND coalesce(${createPossibleDaysSql(view).latest}, '~') >= @day
            ${only === undefined ? '' : 'AND m.meeting = @meeting'}`;
        const begin = Number(after?.[0] ?? 0);
        const ordered = readInOrder(view, upcoming, { day, ...only });
        const end = begin + limit;
        return { items: ordered.slice(begin, end), next: end < ordered.length ? [end] : null };
      },
      { scan: true, item: upcomingMeetingShape },
    ),
  },
});

export default publishReadModel(upcomingMeetings, [
  {
    path: '/meetings/upcoming',
    about:
      'Upcoming meetings: neither closed nor cancelled, and with a latest day not before "from"; an open or adjourned one lasts to the latest of its plan, its last known day and the day to which it was adjourned. A meeting comes before those that follow it, then by date; postponed ones come last.',
    query: 'upcoming',
    list: true,
    day: 'from',
    names: false,
  },
]);
