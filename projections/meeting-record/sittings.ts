// The sittings of a meeting: from each opening or resumption to the adjournment or closing after it.
import { toInstantWithBounds } from '../../src/dates/instant.js';
import type {
  ChairHandedOver,
  MeetingAdjourned,
  MeetingClosed,
  MeetingOpened,
  NamedParty,
} from '../../src/domain/meeting/events.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  defineTable,
  json,
  nullableJson,
  type Row,
  type RowStores,
} from '../../src/read-models/declaration/table.js';
import { list, nullable, object, text } from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { amendableMembers, dateShape } from '../_shared/answer-shapes.js';
import { AMENDABLE_COLUMNS, toAmendableColumns, toAmendableFields } from '../_shared/amendable-columns.js';
import { type ChairedBy, chairsShape, listChairs, namedPartiesShape } from '../_shared/chairs.js';

const tables = {
  sittings: defineTable({
    columns: {
      meeting: 'text',
      /** Of the event that opened it. */
      revision: 'integer',
      opened: 'text',
      chairs: nullableJson<readonly ChairedBy[]>(),
      ended: 'text?',
      /** To when it was adjourned. */
      until: 'text?',
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting', 'revision'],
    indexes: [['meeting', 'revision']],
  }),
  handovers: defineTable({
    columns: {
      meeting: 'text',
      revision: 'integer',
      /** The revision of the sitting in which the chair was handed over. */
      sitting: 'integer',
      to: json<readonly NamedParty[]>(),
      at: 'text?',
      reason: 'text?',
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting', 'revision'],
    indexes: [['meeting', 'revision']],
  }),
  /** Which sitting was opened last. A helper table: no list shows it. */
  last_sittings: defineTable({ columns: { meeting: 'text', revision: 'integer' }, key: ['meeting'] }),
};

export type SittingRow = Row<typeof tables.sittings>;
export type HandoverRow = Row<typeof tables.handovers>;

/** Ends the last sitting, unless an adjournment has ended it before the closing. */
function endSitting(
  meeting: string,
  { at, until }: { readonly at: string; readonly until?: string },
  { sittings, last_sittings }: RowStores<typeof tables>,
): void {
  const last = last_sittings.get({ meeting });
  const sitting = last && sittings.get(last);
  if (sitting?.ended === null) sittings.put({ ...sitting, ended: at, until: until ?? null });
}

export const sittingTables = defineSharedTables<
  MeetingOpened | ChairHandedOver | MeetingAdjourned | MeetingClosed
>()({
  tables,
  when: {
    MeetingOpened: (fact, { sittings, last_sittings }) => {
      const { data, revision } = fact;
      const { meeting, at } = data;
      sittings.put({ meeting, revision, opened: at, chairs: listChairs(data), ...toAmendableColumns(fact) });
      last_sittings.put({ meeting, revision });
    },
    ChairHandedOver: (fact, { handovers, last_sittings }) => {
      const { meeting, to, at, reason } = fact.data;
      const { revision } = fact;
      const sitting = last_sittings.get({ meeting })?.revision ?? revision;
      handovers.put({ meeting, revision, sitting, to, at, reason, ...toAmendableColumns(fact) });
    },
    MeetingAdjourned: ({ data }, rows) => endSitting(data.meeting, data, rows),
    MeetingClosed: ({ data }, rows) => endSitting(data.meeting, data, rows),
  },
});

export const sittingShape = object(
  {
    opened: dateShape,
    chairs: chairsShape,
    handovers: list(
      object(
        { to: namedPartiesShape, at: nullable(dateShape), reason: nullable(text()), ...amendableMembers },
        'ChairHandover',
      ),
      'To whom the chair was handed over since the opening.',
    ),
    ended: nullable(dateShape),
    until: nullable(dateShape),
    ...amendableMembers,
  },
  'Sitting',
);

const toNullableInstant = (time: string | null) => (time === null ? null : toInstantWithBounds(time));

export function readSittings(view: View, meeting: string) {
  const handovers = view.all<HandoverRow>(
    `SELECT * FROM ${view.table('handovers')} WHERE meeting = @meeting ORDER BY revision`,
    { meeting },
  );
  return view
    .all<SittingRow>(`SELECT * FROM ${view.table('sittings')} WHERE meeting = @meeting ORDER BY revision`, {
      meeting,
    })
    .map((row) => ({
      opened: toInstantWithBounds(row.opened),
      chairs: row.chairs ?? [],
      handovers: handovers.filter(({ sitting }) => sitting === row.revision).map(toHandoverItem),
      ended: toNullableInstant(row.ended),
      until: toNullableInstant(row.until),
      ...toAmendableFields(row),
    }));
}

const toHandoverItem = (row: HandoverRow) => ({
  to: row.to,
  at: toNullableInstant(row.at),
  reason: row.reason,
  ...toAmendableFields(row),
});
