// The agenda of a meeting.
import type { AgendaItemAdded, AgendaItemWithdrawn } from '../../src/domain/meeting/events.js';
import type { ItemReference } from '../../src/read-models/declaration/item-reference.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import type { QueryRequest } from '../../src/read-models/declaration/route.js';
import { list, object, optionalMember, nullable, text } from '../../src/read-models/declaration/shape.js';
import { defineTable, nullableJson, type Row } from '../../src/read-models/declaration/table.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { AMENDABLE_COLUMNS, toAmendableColumns, toAmendableFields } from '../_shared/amendable-columns.js';
import { amendableMembers } from '../_shared/answer-shapes.js';
import type { Correction } from '../_shared/corrections.js';
import type { Dispute } from '../_shared/disputes.js';
import { createOnlyConditions } from '../_shared/filters.js';

const tables = {
  /** A row for each event: an item that was withdrawn and added again is one item with two. */
  agenda: defineTable({
    columns: {
      meeting: 'text',
      item: 'text',
      revision: 'integer',
      title: 'text',
      topics: nullableJson<readonly string[]>(),
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting', 'item', 'revision'],
    indexes: [
      ['meeting', 'entry'],
      ['meeting', 'item', 'revision'],
    ],
  }),
  withdrawals: defineTable({
    columns: { meeting: 'text', item: 'text', revision: 'integer', reason: 'text?', ...AMENDABLE_COLUMNS },
    key: ['meeting', 'item', 'revision'],
    indexes: [['meeting', 'item', 'revision']],
  }),
};

type AgendaRow = Row<typeof tables.agenda>;

export const agendaTables = defineSharedTables<AgendaItemAdded | AgendaItemWithdrawn>()({
  tables,
  standalone: 'all',
  when: {
    AgendaItemAdded: (fact, { agenda }) => {
      const { meeting, item, title, topics } = fact.data;
      agenda.put({ meeting, item, revision: fact.revision, title, topics, ...toAmendableColumns(fact) });
    },
    AgendaItemWithdrawn: (fact, { withdrawals }) => {
      const { meeting, item, reason } = fact.data;
      withdrawals.put({ meeting, item, revision: fact.revision, reason, ...toAmendableColumns(fact) });
    },
  },
});

export const toAgendaReferences = ({
  meeting,
  item,
}: Pick<AgendaRow, 'meeting' | 'item'>): readonly ItemReference[] => [
  { query: 'agenda', path: { meeting }, key: { item } },
];
export const agendaItemShape = object(
  {
    item: text(),
    title: text(),
    topics: list(text()),
    withdrawn: optionalMember(
      object({ reason: nullable(text()), ...amendableMembers }, 'AgendaItemWithdrawal'),
    ),
    ...amendableMembers,
  },
  'AgendaItem',
);

export function readAgenda(view: View, meeting: string, only?: QueryRequest['only']) {
  type Item = AgendaRow & {
    readonly withdrawn: number | null;
    readonly reason: string | null;
    readonly withdrawal_correction: Correction | null;
    readonly withdrawal_disputes: readonly Dispute[] | null;
  };
  return view
    .all<Item>(
      `SELECT a.*, w.entry AS withdrawn, w.reason, w.correction AS withdrawal_correction, w.disputes AS withdrawal_disputes FROM ${view.table('agenda')} a
        LEFT JOIN ${view.table('withdrawals')} w ON w.meeting = a.meeting AND w.item = a.item AND w.revision > a.revision
        WHERE a.meeting = @meeting${createOnlyConditions('a', only)}
          AND NOT EXISTS (SELECT 1 FROM ${view.table('agenda')} l
            WHERE l.meeting = a.meeting AND l.item = a.item AND l.revision > a.revision)
        ORDER BY a.entry`,
      { meeting, ...only },
    )
    .map((row) => ({
      item: row.item,
      title: row.title,
      topics: row.topics ?? [],
      ...(row.withdrawn !== null && {
        withdrawn: {
          reason: row.reason,
          ...toAmendableFields({
            entry: row.withdrawn,
            correction: row.withdrawal_correction,
            disputes: row.withdrawal_disputes,
          }),
        },
      }),
      ...toAmendableFields(row),
    }));
}
