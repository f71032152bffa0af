// The calendar: meetings past and to come, cancelled ones with their date, every date that they had.
import { page, query, readModel } from '../../src/read-models/declaration/read-model.js';
import { type Asked, published } from '../../src/read-models/declaration/route.js';
import { calendar, type Listed, listed } from '../_shared/meeting-tables.js';

export const STATUSES = [
  'announced',
  'scheduled',
  'confirmed',
  'postponed',
  'cancelled',
  'open',
  'adjourned',
  'closed',
] as const;

const meetings = readModel()({
  name: 'meetings',
  version: 1,
  include: [calendar],
  tables: {},
  when: {},
  queries: {
    calendar: query(
      (view, { filters, limit, after }: Asked) => {
        const { status, convenedBy, from, to } = filters;
        const conditions = [
          status === undefined ? [] : 'm.status = @status',
          convenedBy === undefined ? [] : 'm.convened_by = @convenedBy',
          // A meeting without a date is on no day; one without an end may be on any later one.
          from === undefined
            ? []
            : '(m.scheduled_for IS NOT NULL AND (m.day_latest IS NULL OR m.day_latest >= @from))',
          to === undefined
            ? []
            : '(m.scheduled_for IS NOT NULL AND (m.day_earliest IS NULL OR m.day_earliest <= @to))',
        ].flat();
        const found = page<Listed>(view, {
          sql: `SELECT m.*, coalesce(m.day_latest, '~') AS last_day,
              CASE WHEN m.scheduled_for IS NULL THEN '~' ELSE coalesce(m.day_earliest, '') END AS first_day
            FROM ${view.at('meetings')} m ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}`,
          parameters: {
            ...(status !== undefined && { status }),
            ...(convenedBy !== undefined && { convenedBy }),
            ...(from !== undefined && { from }),
            ...(to !== undefined && { to }),
          },
          order: ['first_day', 'last_day', 'meeting'],
          after,
          limit,
        });
        return { ...found, items: found.items.map(listed) };
      },
      { scan: true },
    ),
  },
});

export default published(meetings, [
  {
    path: '/meetings',
    about:
      'The calendar, by day: when meetings took place or, before that, are planned; those without a date last.',
    query: 'calendar',
    list: true,
    names: false,
    filters: {
      status: { kind: 'one-of', values: STATUSES, about: 'Only meetings that stand so.' },
      convenedBy: { kind: 'text', about: 'Only meetings that this organization convened.' },
      from: { kind: 'day', about: 'Only meetings that may be on this day or later.' },
      to: { kind: 'day', about: 'Only meetings that may be on this day or earlier.' },
    },
  },
]);
