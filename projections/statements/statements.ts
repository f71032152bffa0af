// Statements, searched by word, speaker, delegation, topic, meeting and day, in record order.
import { paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import { toSearchExpression } from '../../src/read-models/declaration/search-text.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import { createFilterConditions } from '../_shared/filters.js';
import { createOwnDayConditions } from '../_shared/own-days.js';
import { meetingTables } from '../_shared/meeting-tables.js';
import { LATEST_NAMES_DAY, nameTables } from '../_shared/names.js';
import { topicTables } from '../_shared/topic-tables.js';
import {
  toStatementItem,
  searchableStatementTables,
  type NamedStatementRow,
  selectNamedStatementsSql,
  statementShape,
  type StatementRow,
} from '../_shared/statement-tables.js';

/** The requested day; where none is, the day of the meeting. */
const NAMES_DAY = `coalesce(nullif(@day, ''), m.names_day, '${LATEST_NAMES_DAY}')`;

const statements = defineReadModel()({
  name: 'statements',
  version: 5,
  include: [nameTables, meetingTables, topicTables, searchableStatementTables],
  tables: {},
  when: {},
  shownIn: {
    // By its entry it is found in a long meeting at once.
    statements: ({ meeting, statement, entry }: StatementRow) => [
      {
        query: 'search',
        key: { meeting, statement },
        only: { meeting, statement, entry },
        choosesDay: true,
      },
    ],
  },
  queries: {
    search: defineQuery(
      (view, { filters, day, languages, limit, after, only }: QueryRequest) => {
        const { q } = filters;
        const words = q === undefined ? undefined : toSearchExpression(q);
        if (q !== undefined && words === undefined) return { items: [], next: null };
        const where = createFilterConditions(filters, {
          q: `s.row IN ${view.fullTextSearch('statements', '@words')}`,
          speaker: 's.speaker = @speaker',
          onBehalfOf: 's.on_behalf_of = @onBehalfOf',
          meeting: 's.meeting = @meeting',
          topic: `EXISTS (SELECT 1 FROM ${view.table('spoken_of')} t
            WHERE t.topic = @topic AND t.meeting = s.meeting AND t.statement = s.statement)`,
          agendaItem: 's.agenda_item = @agendaItem',
          nameAsPrinted: 's.name_as_printed = @nameAsPrinted',
          ...createOwnDayConditions('s'),
        });
        // Left, so that statements are looked up first: every one has a meeting.
        const meetings = `LEFT JOIN ${view.table('meetings')} m ON m.meeting = s.meeting`;
        const found = paginate<NamedStatementRow>(view, {
          sql: `${selectNamedStatementsSql(view, meetings, NAMES_DAY)} ${where}`,
          parameters: { ...filters, day, ...(words !== undefined && { words }) },
          order: ['entry'],
          after,
          only,
          limit,
        });
        return { ...found, items: found.items.map((row) => toStatementItem(row, languages)) };
      },
      { scan: true, item: statementShape },
    ),
  },
});

export default publishReadModel(statements, [
  {
    path: '/statements',
    about:
      'Statements, in record order. Names are those of the day of the meeting, unless "on" names another.',
    query: 'search',
    list: true,
    day: 'on',
    isDayOptional: true,
    names: true,
    filters: {
      q: {
        kind: 'text',
        about:
          'Only statements that contain all of these words; case, invisible characters and the kind of apostrophe make no difference (NFKC case folding).',
      },
      speaker: { kind: 'text', about: 'Only statements of this person.' },
      onBehalfOf: { kind: 'text', about: 'Only statements on behalf of this organization.' },
      topic: { kind: 'text', about: 'Only statements on exactly this topic.' },
      meeting: { kind: 'text', about: 'Only statements of this meeting.' },
      agendaItem: {
        kind: 'text',
        about: 'Only statements on the agenda item with this id, of any meeting unless one is named.',
      },
      nameAsPrinted: { kind: 'text', about: 'Only statements whose speaker is printed exactly so.' },
      from: {
        kind: 'day',
        about:
          'Only statements that may be of this day or later, by their own time or else by the days of the meeting.',
      },
      to: { kind: 'day', about: 'Only statements that may be of this day or earlier, likewise.' },
    },
  },
]);
