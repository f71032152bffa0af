// Statements, searched by word, speaker, delegation, topic, meeting and day, in record order.
import { paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import { toSearchExpression } from '../../src/read-models/declaration/search-text.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import { meetingTables } from '../_shared/meeting-tables.js';
import { nameOnDaySql, nameTables } from '../_shared/names.js';
import { topicTables } from '../_shared/topic-tables.js';
import {
  toStatementItem,
  searchableStatementTables,
  type NamedStatementRow,
  type StatementRow,
} from '../_shared/statement-tables.js';

const statements = defineReadModel()({
  name: 'statements',
  version: 1,
  include: [nameTables, meetingTables, topicTables, searchableStatementTables],
  tables: {},
  when: {},
  shownIn: {
    // By its entry it is found in a long meeting at once.
    statements: ({ meeting, statement, entry }: StatementRow) => [
      { query: 'search', key: { meeting, statement }, only: { meeting, statement, entry } },
    ],
  },
  queries: {
    search: defineQuery(
      (view, { filters, day, languages, limit, after, only }: QueryRequest) => {
        const { q, speaker, onBehalfOf, topic, meeting, from, to } = filters;
        const words = q === undefined ? undefined : toSearchExpression(q);
        if (q !== undefined && words === undefined) return { items: [], next: null };
        const conditions = [
          words === undefined ? [] : `s.row IN ${view.fullTextSearch('statements', '@words')}`,
          speaker === undefined ? [] : 's.speaker = @speaker',
          onBehalfOf === undefined ? [] : 's.on_behalf_of = @onBehalfOf',
          meeting === undefined ? [] : 's.meeting = @meeting',
          topic === undefined
            ? []
            : `EXISTS (SELECT 1 FROM ${view.table('spoken_of')} t
                WHERE t.topic = @topic AND t.meeting = s.meeting AND t.statement = s.statement)`,
          from === undefined ? [] : '(m.day_latest IS NULL OR m.day_latest >= @from)',
          to === undefined ? [] : '(m.day_earliest IS NULL OR m.day_earliest <= @to)',
        ].flat();
        const found = paginate<NamedStatementRow>(view, {
          sql: `SELECT s.*, p.name AS speaker_name, p.names AS speaker_names, g.name AS behalf_name, g.names AS behalf_names
            FROM ${view.table('statements')} s
            ${from === undefined && to === undefined ? '' : `JOIN ${view.table('meetings')} m ON m.meeting = s.meeting`}
            LEFT JOIN ${view.table('names')} p ON p.row = ${nameOnDaySql(view, `'person:' || s.speaker`)}
            LEFT JOIN ${view.table('names')} g ON g.row = ${nameOnDaySql(view, 's.on_behalf_of')}
            ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}`,
          parameters: {
            day,
            ...(words !== undefined && { words }),
            ...(speaker !== undefined && { speaker }),
            ...(onBehalfOf !== undefined && { onBehalfOf }),
            ...(topic !== undefined && { topic }),
            ...(meeting !== undefined && { meeting }),
            ...(from !== undefined && { from }),
            ...(to !== undefined && { to }),
          },
          order: ['entry'],
          after,
          only,
          limit,
        });
        return { ...found, items: found.items.map((row) => toStatementItem(row, languages)) };
      },
      { scan: true },
    ),
  },
});

export default publishReadModel(statements, [
  {
    path: '/statements',
    about: 'Statements, in record order.',
    query: 'search',
    list: true,
    day: 'on',
    names: true,
    filters: {
      q: { kind: 'text', about: 'Only statements that contain all of these words; case is ignored.' },
      speaker: { kind: 'text', about: 'Only statements of this person.' },
      onBehalfOf: { kind: 'text', about: 'Only statements on behalf of this organization.' },
      topic: { kind: 'text', about: 'Only statements on exactly this topic.' },
      meeting: { kind: 'text', about: 'Only statements of this meeting.' },
      from: { kind: 'day', about: 'Only statements of meetings that may be on this day or later.' },
      to: { kind: 'day', about: 'Only statements of meetings that may be on this day or earlier.' },
    },
  },
]);
