// The sittings of a meeting: from each opening or resumption to the adjournment or closing after it.
import { toInstantWithBounds } from '../../src/dates/instant.js';
import type { MeetingAdjourned, MeetingClosed, MeetingOpened } from '../../src/domain/meeting/events.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  defineTable,
  nullableJson,
  type Row,
  type RowStores,
} from '../../src/read-models/declaration/table.js';
import { list, nullable, object, optionalMember, text } from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { dateShape } from '../_shared/answer-shapes.js';
import type { Chair } from '../_shared/meeting-tables.js';
import { formatPersonParty } from '../_shared/names.js';

const tables = {
  sittings: defineTable({
    columns: {
      meeting: 'text',
      /** Of the event that opened it. */
      revision: 'integer',
      opened: 'text',
      chair: nullableJson<Chair>(),
      ended: 'text?',
      /** To when it was adjourned. */
      until: 'text?',
    },
    key: ['meeting', 'revision'],
    indexes: [['meeting', 'revision']],
  }),
  /** Which sitting was opened last. A helper table: no list shows it. */
  last_sittings: defineTable({ columns: { meeting: 'text', revision: 'integer' }, key: ['meeting'] }),
};

export type SittingRow = Row<typeof tables.sittings>;

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

export const sittingTables = defineSharedTables<MeetingOpened | MeetingAdjourned | MeetingClosed>()({
  tables,
  when: {
    MeetingOpened: ({ data, revision }, { sittings, last_sittings }) => {
      const { meeting, at, chair } = data;
      sittings.put({ meeting, revision, opened: at, chair });
      last_sittings.put({ meeting, revision });
    },
    MeetingAdjourned: ({ data }, rows) => endSitting(data.meeting, data, rows),
    MeetingClosed: ({ data }, rows) => endSitting(data.meeting, data, rows),
  },
});

export const sittingShape = object(
  {
    opened: dateShape,
    chairs: list(
      object(
        {
          party: optionalMember(text('An organization, or person:<id>.')),
          organization: optionalMember(text()),
        },
        'SittingChair',
      ),
    ),
    ended: nullable(dateShape),
    until: nullable(dateShape),
  },
  'Sitting',
);

export const readSittings = (view: View, meeting: string) =>
  view
    .all<SittingRow>(`SELECT * FROM ${view.table('sittings')} WHERE meeting = @meeting ORDER BY revision`, {
      meeting,
    })
    .map(({ opened, chair, ended, until }) => ({
      opened: toInstantWithBounds(opened),
      chairs: chair ? [toChair(chair)] : [],
      ended: ended === null ? null : toInstantWithBounds(ended),
      until: until === null ? null : toInstantWithBounds(until),
    }));

/** A person, where one is named, else an organization, in the form in which both can stand. */
const toChair = ({ person, organization }: Chair) => {
  const party = person === undefined ? organization : formatPersonParty(person);
  return {
    ...(party !== undefined && { party }),
    ...(person !== undefined && organization !== undefined && { organization }),
  };
};
