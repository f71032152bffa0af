// The minutes of a meeting: circulated, approved.
import { isWhollyBefore, toDateWithBounds } from '../../src/dates/edtf.js';
import { toInstantWithBounds } from '../../src/dates/instant.js';
import type { MinutesApproved, MinutesCirculated } from '../../src/domain/meeting/events.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  list,
  nullable,
  object,
  oneOf,
  optionalMember,
  text,
} from '../../src/read-models/declaration/shape.js';
import { defineTable, type Row } from '../../src/read-models/declaration/table.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { AMENDABLE_COLUMNS, toAmendableColumns, toAmendableFields } from '../_shared/amendable-columns.js';
import { amendableMembers, dateShape } from '../_shared/answer-shapes.js';
import { conflictMembers, toConflictFields } from '../_shared/conflicts.js';
import { findMeeting, type MeetingRow } from '../_shared/meeting-tables.js';

const tables = {
  minutes: defineTable({
    columns: {
      meeting: 'text',
      revision: 'integer',
      /** `circulated` or `approved`. */
      step: 'text',
      on: 'text',
      at: 'text?',
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting', 'revision'],
    indexes: [['meeting', 'revision'], ['at']],
  }),
};

export type MinutesRow = Row<typeof tables.minutes>;

export const minutesTables = defineSharedTables<MinutesCirculated | MinutesApproved>()({
  tables,
  standalone: 'all',
  when: {
    MinutesCirculated: (fact, { minutes }) => {
      const { meeting, on } = fact.data;
      minutes.put({ meeting, revision: fact.revision, step: 'circulated', on, ...toAmendableColumns(fact) });
    },
    MinutesApproved: (fact, { minutes }) => {
      const { meeting, on, at } = fact.data;
      minutes.put({
        meeting,
        revision: fact.revision,
        step: 'approved',
        on,
        at,
        ...toAmendableColumns(fact),
      });
    },
  },
});

export const minutesShape = object(
  {
    status: oneOf(['none', 'circulated', 'approved']),
    circulated: list(object({ on: dateShape, ...amendableMembers }, 'MinutesCirculation')),
    approvedOn: nullable(dateShape),
    approvedAt: nullable(text('A meeting.')),
    approval: optionalMember(object(amendableMembers, 'MinutesApproval')),
    ...conflictMembers,
  },
  'Minutes',
);

/** Whether a meeting was certainly not held after another, which was opened. */
function isEarlierMeeting(view: View, id: string | null, { opened }: MeetingRow): boolean {
  const meeting = id === null ? undefined : findMeeting(view, id);
  if (!meeting || opened === null) return false;
  const { status, day_earliest: earliest, day_latest: latest } = meeting;
  return status === 'cancelled' || isWhollyBefore({ earliest, latest }, toInstantWithBounds(opened));
}

export function readMinutes(view: View, record: MeetingRow) {
  const { meeting } = record;
  const steps = view.all<MinutesRow>(
    `SELECT * FROM ${view.table('minutes')} WHERE meeting = @meeting ORDER BY revision`,
    { meeting },
  );
  const approved = steps.findLast(({ step }) => step === 'approved');
  const circulated = steps.filter(({ step }) => step === 'circulated');
  const status: 'none' | 'circulated' | 'approved' = approved
    ? 'approved'
    : circulated.length > 0
      ? 'circulated'
      : 'none';
  return {
    status,
    circulated: circulated.map((row) => ({ on: toDateWithBounds(row.on), ...toAmendableFields(row) })),
    approvedOn: approved ? toDateWithBounds(approved.on) : null,
    approvedAt: approved?.at ?? null,
    ...(approved && { approval: toAmendableFields(approved) }),
    ...toConflictFields(isEarlierMeeting(view, approved?.at ?? null, record) && 'approved-earlier'),
  };
}
