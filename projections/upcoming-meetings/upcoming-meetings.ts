// What comes, in the order in which it must.
import { compareEarliest, compareLatest } from '../../src/dates/edtf.js';
import { query, readModel, type View } from '../../src/read-models/declaration/read-model.js';
import { type Asked, published } from '../../src/read-models/declaration/route.js';
import { calendar, type Listed, listed } from '../_shared/meeting-tables.js';

/** The meetings that follow from one, at any distance, whether they are listed or not. */
function followersOf(view: View, meeting: string): ReadonlySet<string> {
  const found = view.all<{ readonly id: string }>(
    `WITH RECURSIVE following (id) AS (
      SELECT @meeting
      UNION SELECT m.before FROM following f JOIN ${view.at('meetings')} m ON m.meeting = f.id WHERE m.before IS NOT NULL
      UNION SELECT m.meeting FROM following f JOIN ${view.at('meetings')} m ON m.after = f.id
    )
    SELECT m.before AS id FROM following f JOIN ${view.at('meetings')} m ON m.meeting = f.id WHERE m.before IS NOT NULL
    UNION SELECT m.meeting FROM following f JOIN ${view.at('meetings')} m ON m.after = f.id`,
    { meeting },
  );
  return new Set(found.map(({ id }) => id));
}

/** By date, then id; what has no date comes last. */
const byDate = (a: Listed, b: Listed): number =>
  Number(a.status === 'postponed') - Number(b.status === 'postponed') ||
  compareEarliest(a.earliest, b.earliest) ||
  compareLatest(a.latest, b.latest) ||
  (a.meeting < b.meeting ? -1 : 1);

/**
 * Those that nothing comes before first, and of these the earliest. Meetings that would come before themselves
 * (two nodes may have recorded that at once) go by their dates and say so.
 */
function inOrder(view: View, meetings: readonly Listed[]) {
  const followers = new Map(meetings.map(({ meeting }) => [meeting, followersOf(view, meeting)]));
  const mustPrecede = (a: string, b: string): boolean =>
    (followers.get(a)?.has(b) ?? false) && !(followers.get(b)?.has(a) ?? false);
  const waiting = [...meetings].sort(byDate);
  const ordered: Listed[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(
      ({ meeting }) => !waiting.some((other) => mustPrecede(other.meeting, meeting)),
    );
    ordered.push(...waiting.splice(Math.max(next, 0), 1));
  }
  return ordered.map((row) => ({
    ...listed(row),
    ...(followers.get(row.meeting)?.has(row.meeting) && { conflict: true }),
  }));
}

const upcoming = readModel()({
  name: 'upcoming-meetings',
  version: 1,
  include: [calendar],
  tables: {},
  when: {},
  queries: {
    upcoming: query(
      (view, { day, limit, after }: Asked) => {
        const meetings = view.all<Listed>(
          `SELECT * FROM ${view.at('meetings')}
            WHERE status NOT IN ('cancelled', 'closed') AND (latest IS NULL OR latest >= @day)`,
          { day },
        );
        const begin = Number(after?.[0] ?? 0);
        const ordered = inOrder(view, meetings);
        const end = begin + limit;
        return { items: ordered.slice(begin, end), next: end < ordered.length ? [end] : null };
      },
      { scan: true },
    ),
  },
});

export default published(upcoming, [
  {
    path: '/meetings/upcoming',
    about:
      'What comes: meetings neither closed nor cancelled whose latest day is not before "from", those that others follow first, then by date; postponed ones last.',
    query: 'upcoming',
    list: true,
    day: 'from',
    names: false,
  },
]);
