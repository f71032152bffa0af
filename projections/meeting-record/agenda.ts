// The agenda of a meeting: items in their order, as they were added, moved, withdrawn and restored.
import type {
  AgendaAdopted,
  AgendaItemAdded,
  AgendaItemMoved,
  AgendaItemRestored,
  AgendaItemWithdrawn,
} from '../../src/domain/meeting/events.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import type { ItemReference } from '../../src/read-models/declaration/item-reference.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  boolean,
  list,
  nullable,
  object,
  oneOf,
  optionalMember,
  text,
} from '../../src/read-models/declaration/shape.js';
import {
  defineTable,
  nullableJson,
  type Row,
  type RowStores,
  textOf,
} from '../../src/read-models/declaration/table.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { AMENDABLE_COLUMNS, toAmendableColumns, toAmendableFields } from '../_shared/amendable-columns.js';
import { amendableMembers } from '../_shared/answer-shapes.js';

type ContinuedItem = { readonly meeting: string; readonly item: string };
const AGENDA_CHANGES = ['withdrawn', 'restored', 'moved'] as const;

const tables = {
  /** A row for each event: an item that was withdrawn and added again is one item with two. */
  agenda: defineTable({
    columns: {
      meeting: 'text',
      item: 'text',
      revision: 'integer',
      title: 'text',
      number: 'text?',
      under: 'text?',
      /** 1 or 0. */
      public: 'integer?',
      continues: nullableJson<ContinuedItem>(),
      topics: nullableJson<readonly string[]>(),
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting', 'item', 'revision'],
    indexes: [['meeting', 'revision']],
  }),
  /** What became of items afterwards: a row for each event. */
  agenda_changes: defineTable({
    columns: {
      meeting: 'text',
      revision: 'integer',
      item: 'text',
      change: textOf<(typeof AGENDA_CHANGES)[number]>(),
      /** Of a move: the item that follows; null if it went last. */
      before: 'text?',
      reason: 'text?',
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting', 'revision'],
    indexes: [['meeting', 'revision']],
  }),
  agenda_adoptions: defineTable({
    columns: { meeting: 'text', revision: 'integer', ...AMENDABLE_COLUMNS },
    key: ['meeting', 'revision'],
    indexes: [['meeting', 'revision']],
  }),
};

type AgendaRow = Row<typeof tables.agenda>;
type AgendaChangeRow = Row<typeof tables.agenda_changes>;
type AdoptionRow = Row<typeof tables.agenda_adoptions>;

const putChange = (
  fact: Fact<AgendaItemWithdrawn | AgendaItemRestored | AgendaItemMoved>,
  change: AgendaChangeRow['change'],
  { agenda_changes }: RowStores<typeof tables>,
  details: { readonly before?: string | undefined; readonly reason?: string | undefined },
): void => {
  const { meeting, item } = fact.data;
  const { revision } = fact;
  agenda_changes.put({ meeting, revision, item, change, ...details, ...toAmendableColumns(fact) });
};

export const agendaTables = defineSharedTables<
  AgendaItemAdded | AgendaItemWithdrawn | AgendaItemRestored | AgendaItemMoved | AgendaAdopted
>()({
  tables,
  standalone: 'all',
  when: {
    AgendaItemAdded: (fact, { agenda }) => {
      const { meeting, item, title, number, under, public: isPublic, continues, topics } = fact.data;
      agenda.put({
        meeting,
        item,
        revision: fact.revision,
        title,
        number,
        under,
        public: isPublic === undefined ? null : Number(isPublic),
        continues,
        topics,
        ...toAmendableColumns(fact),
      });
    },
    AgendaItemWithdrawn: (fact, rows) => putChange(fact, 'withdrawn', rows, { reason: fact.data.reason }),
    AgendaItemRestored: (fact, rows) => putChange(fact, 'restored', rows, { reason: fact.data.reason }),
    AgendaItemMoved: (fact, rows) => putChange(fact, 'moved', rows, { before: fact.data.before }),
    AgendaAdopted: (fact, { agenda_adoptions }) => {
      const { meeting } = fact.data;
      agenda_adoptions.put({ meeting, revision: fact.revision, ...toAmendableColumns(fact) });
    },
  },
});

/** The items may have another order, so that each of them is looked at. */
export const toAgendaReferences = ({ meeting }: AgendaRow | AgendaChangeRow): readonly ItemReference[] => [
  { query: 'agenda', path: { meeting }, key: {}, isWhole: true },
];
export const toAdoptionReferences = ({ meeting }: AdoptionRow): readonly ItemReference[] => [
  { query: 'agendaAdopted', path: { meeting }, key: {}, isWhole: true },
];

export const agendaItemShape = object(
  {
    item: text(),
    title: text(),
    number: nullable(text('As printed.')),
    under: nullable(text('The item above it.')),
    public: nullable(boolean('Whether it is dealt with in public.')),
    continues: nullable(object({ meeting: text(), item: text() }, 'ContinuedAgendaItem')),
    topics: list(text()),
    withdrawn: optionalMember(
      object({ reason: nullable(text()), ...amendableMembers }, 'AgendaItemWithdrawal'),
    ),
    changes: list(
      object(
        {
          change: oneOf(AGENDA_CHANGES),
          before: nullable(text('Of a move: the item that follows; null if it went last.')),
          reason: nullable(text()),
          ...amendableMembers,
        },
        'AgendaItemChange',
      ),
      'What became of it, in record order.',
    ),
    ...amendableMembers,
  },
  'AgendaItem',
);
export const agendaAdoptionShape = object(amendableMembers, 'AgendaAdoption');

const readRows = <R>(view: View, table: string, meeting: string): readonly R[] =>
  view.all<R>(`SELECT * FROM ${view.table(table)} WHERE meeting = @meeting ORDER BY revision`, { meeting });

/** The items in their order: a new one, and one that is added again, goes last, and a move puts it elsewhere. */
function orderItems(rows: readonly (AgendaRow | AgendaChangeRow)[]): readonly string[] {
  const order: string[] = [];
  for (const row of rows.toSorted((a, b) => a.revision - b.revision)) {
    if ('change' in row && row.change !== 'moved') continue;
    const place = order.indexOf(row.item);
    if (place !== -1) order.splice(place, 1);
    const next = 'change' in row && row.before !== null ? order.indexOf(row.before) : -1;
    order.splice(next === -1 ? order.length : next, 0, row.item);
  }
  return order;
}

export function readAgenda(view: View, meeting: string) {
  const added = readRows<AgendaRow>(view, 'agenda', meeting);
  const changes = readRows<AgendaChangeRow>(view, 'agenda_changes', meeting);
  const latest = new Map(added.map((row) => [row.item, row]));
  const changesByItem = Map.groupBy(changes, ({ item }) => item);
  return orderItems([...added, ...changes]).flatMap((item) => {
    const row = latest.get(item);
    return row ? [toAgendaItem(row, changesByItem.get(item) ?? [])] : [];
  });
}

function toAgendaItem(row: AgendaRow, changes: readonly AgendaChangeRow[]) {
  const last = changes.findLast(({ change, revision }) => change !== 'moved' && revision > row.revision);
  return {
    item: row.item,
    title: row.title,
    number: row.number,
    under: row.under,
    public: row.public === null ? null : row.public === 1,
    continues: row.continues,
    topics: row.topics ?? [],
    ...(last?.change === 'withdrawn' && { withdrawn: { reason: last.reason, ...toAmendableFields(last) } }),
    changes: changes.map((each) => ({
      change: each.change,
      before: each.before,
      reason: each.reason,
      ...toAmendableFields(each),
    })),
    ...toAmendableFields(row),
  };
}

/** The latest adoption; null if there is none. */
export function readAgendaAdoption(view: View, meeting: string) {
  const adopted = readRows<AdoptionRow>(view, 'agenda_adoptions', meeting).at(-1);
  return adopted ? toAmendableFields(adopted) : null;
}
