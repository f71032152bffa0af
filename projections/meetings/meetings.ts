// The calendar: meetings of the past and the future, cancelled ones by the date that they had.
import { MEETING_STATUSES } from '../../src/domain/meeting/lifecycle.js';
import { paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import { createFilterConditions } from '../_shared/filters.js';
import {
  createPossibleDaysSql,
  MEETING_RANK,
  meetingItemShape,
  meetingTables,
  type MeetingRow,
  toMeetingItem,
} from '../_shared/meeting-tables.js';

const meetings = defineReadModel()({
  name: 'meetings',
  version: 4,
  include: [meetingTables],
  tables: {},
  when: {},
  shownIn: {
    meetings: ({ meeting }: MeetingRow) => [{ query: 'calendar', key: { id: meeting }, only: { meeting } }],
  },
  queries: {
    calendar: defineQuery(
      (view, { filters, limit, after, only }: QueryRequest) => {
        const days = createPossibleDaysSql(view);
        const where = createFilterConditions(filters, {
          status: 'm.status = @status',
          convenedBy: 'm.convened_by = @convenedBy',
          partOf: 'm.part_of = @partOf',
          // A postponed meeting is on no day; one without a latest day may be on any later day.
          from: `(${MEETING_RANK} < 2 AND coalesce(${days.latest}, '~') >= @from)`,
          to: `(${MEETING_RANK} < 2 AND coalesce(${days.earliest}, '') <= @to)`,
        });
        const found = paginate<MeetingRow>(view, {
          sql: `SELECT m.*, coalesce(m.day_latest, '~') AS last_day, coalesce(m.day_earliest, '') AS first_day,
              ${MEETING_RANK} AS rank
            FROM ${view.table('meetings')} m ${where}`,
          parameters: filters,
          order: ['rank', 'first_day', 'last_day', 'meeting'],
          after,
          only,
          limit,
        });
        return { ...found, items: found.items.map(toMeetingItem) };
      },
      { scan: true, item: meetingItemShape },
    ),
    /** One meeting of the calendar; undefined if it is unknown. */
    meeting: defineQuery((view, { path }: QueryRequest) => {
      const row = view.get<MeetingRow>(`SELECT * FROM ${view.table('meetings')} WHERE meeting = @meeting`, {
        meeting: path['meeting'] ?? '',
      });
      return row && toMeetingItem(row);
    }),
  },
});

export default publishReadModel(meetings, [
  {
    path: '/meetings',
    about:
      'The calendar of meetings, by the days on which they took place or are planned; those without a date last.',
    query: 'calendar',
    list: true,
    names: false,
    filters: {
      status: { kind: 'one-of', values: MEETING_STATUSES, about: 'Only meetings with this status.' },
      convenedBy: { kind: 'text', about: 'Only meetings that this organization convened.' },
      partOf: { kind: 'text', about: 'Only meetings that are a part of this one.' },
      from: { kind: 'day', about: 'Only meetings that may be on this day or later.' },
      to: { kind: 'day', about: 'Only meetings that may be on this day or earlier.' },
    },
  },
]);
