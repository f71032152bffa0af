// Statements, for each read model that shows them.
import {
  STATEMENT_FORMS,
  type StatementForm,
  type StatementRecorded,
} from '../../src/domain/meeting/events.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  nullableJson,
  type RowOfColumns,
  defineTable,
  nullableTextOf,
} from '../../src/read-models/declaration/table.js';
import { list, nullable, object, oneOf, text } from '../../src/read-models/declaration/shape.js';
import { amendableMembers, nameShape } from './answer-shapes.js';
import { AMENDABLE_COLUMNS, toAmendableColumns, toAmendableFields } from './amendable-columns.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { OWN_DAY_COLUMNS, ownTimeShape, toOwnDayColumns, toOwnTime } from './own-days.js';
import { selectName, type LocalizedName, nameOnDaySql } from './names.js';

const columns = {
  meeting: 'text',
  statement: 'text',
  speaker: 'text?',
  name_as_printed: 'text?',
  role: 'text?',
  on_behalf_of: 'text?',
  ...OWN_DAY_COLUMNS,
  form: nullableTextOf<StatementForm>(),
  text: 'text',
  language: 'text?',
  topics: nullableJson<readonly string[]>(),
  agenda_item: 'text?',
  in_reply_to: 'text?',
  ...AMENDABLE_COLUMNS,
} as const;

const defineStatementTables = (search: 'text' | undefined) =>
  defineSharedTables<StatementRecorded>()({
    tables: {
      statements: defineTable({
        columns,
        key: ['meeting', 'statement'],
        indexes: [['meeting', 'entry'], ['speaker', 'entry'], ['on_behalf_of', 'entry'], ['entry']],
        ...(search && { search }),
      }),
    },
    standalone: 'all',
    when: {
      StatementRecorded: (fact, { statements }) => {
        const { data } = fact;
        statements.put({
          meeting: data.meeting,
          statement: data.statement,
          speaker: data.speaker,
          name_as_printed: data.nameAsPrinted,
          role: data.role,
          on_behalf_of: data.onBehalfOf,
          ...toOwnDayColumns(data.at),
          form: data.form,
          text: data.text,
          language: data.language,
          topics: data.topics,
          agenda_item: data.agendaItem,
          in_reply_to: data.inReplyTo,
          ...toAmendableColumns(fact),
        });
      },
    },
  });

/** Statements with a full-text index. */
export const searchableStatementTables = defineStatementTables('text');
/** Statements without one. */
export const statementTables = defineStatementTables(undefined);

export type StatementRow = RowOfColumns<typeof columns>;
/** A statement with the names of its speaker and of the organization. */
export type NamedStatementRow = StatementRow & {
  readonly speaker_name: string | null;
  readonly speaker_names: LocalizedName['names'];
  readonly behalf_name: string | null;
  readonly behalf_names: LocalizedName['names'];
};

/** SQL: the statements as `s`, with the names that hold on a day, an expression. `join` is what it may refer to. */
export const selectNamedStatementsSql = (view: View, join = '', day = '@day'): string =>
  `SELECT s.*, p.name AS speaker_name, p.names AS speaker_names, g.name AS behalf_name, g.names AS behalf_names
    FROM ${view.table('statements')} s ${join}
    LEFT JOIN ${nameOnDaySql(view, 'p', `'person:' || s.speaker`, day)}
    LEFT JOIN ${nameOnDaySql(view, 'g', 's.on_behalf_of', day)}`;

export const statementShape = object(
  {
    statement: text(),
    meeting: text(),
    speaker: nullable(text('A person.')),
    speakerName: nameShape,
    nameAsPrinted: nullable(text()),
    role: nullable(text()),
    onBehalfOf: nullable(text('An organization.')),
    onBehalfOfName: nameShape,
    at: ownTimeShape,
    form: nullable(oneOf(STATEMENT_FORMS)),
    text: text(),
    language: nullable(text('A BCP 47 language tag.')),
    topics: list(text()),
    agendaItem: nullable(text()),
    inReplyTo: nullable(text('A statement of the same meeting.')),
    ...amendableMembers,
  },
  'Statement',
);

export const toStatementItem = (row: NamedStatementRow, languages: readonly string[]) => ({
  statement: row.statement,
  meeting: row.meeting,
  speaker: row.speaker,
  speakerName: selectName(languages, { name: row.speaker_name, names: row.speaker_names }),
  nameAsPrinted: row.name_as_printed,
  role: row.role,
  onBehalfOf: row.on_behalf_of,
  onBehalfOfName: selectName(languages, { name: row.behalf_name, names: row.behalf_names }),
  at: toOwnTime(row.at),
  form: row.form,
  text: row.text,
  language: row.language,
  topics: row.topics ?? [],
  agendaItem: row.agenda_item,
  inReplyTo: row.in_reply_to,
  ...toAmendableFields(row),
});
