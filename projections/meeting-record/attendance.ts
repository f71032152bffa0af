// Who attended a meeting.
import {
  CAPACITIES,
  type Capacity,
  type ParticipantRecorded,
  PRESENCES,
  type Presence,
} from '../../src/domain/meeting/events.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import type { QueryRequest } from '../../src/read-models/declaration/route.js';
import { nullable, object, oneOf, text } from '../../src/read-models/declaration/shape.js';
import { defineTable, nullableTextOf, type Row } from '../../src/read-models/declaration/table.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { AMENDABLE_COLUMNS, toAmendableColumns, toAmendableFields } from '../_shared/amendable-columns.js';
import { amendableMembers, nameShape } from '../_shared/answer-shapes.js';
import { createOnlyConditions } from '../_shared/filters.js';
import { type LocalizedName, nameOnDaySql, selectName } from '../_shared/names.js';
import { ownTimeShape, toOwnTime } from '../_shared/own-days.js';

const tables = {
  /** A row for each event: who sent regrets and came is one participant with two. */
  participants: defineTable({
    columns: {
      meeting: 'text',
      participant: 'text',
      revision: 'integer',
      person: 'text?',
      name_as_printed: 'text?',
      organization: 'text?',
      capacity: nullableTextOf<Capacity>(),
      role: 'text?',
      presence: nullableTextOf<Presence>(),
      at: 'text?',
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting', 'participant', 'revision'],
    indexes: [
      ['meeting', 'entry'],
      ['meeting', 'participant', 'revision'],
    ],
  }),
};

export type ParticipantRow = Row<typeof tables.participants>;

export const attendanceTables = defineSharedTables<ParticipantRecorded>()({
  tables,
  standalone: 'all',
  when: {
    ParticipantRecorded: (fact, { participants }) => {
      const { meeting, participant, person, nameAsPrinted, organization, capacity, role, presence, at } =
        fact.data;
      participants.put({
        meeting,
        participant,
        revision: fact.revision,
        person,
        name_as_printed: nameAsPrinted,
        organization,
        capacity,
        role,
        presence,
        at,
        ...toAmendableColumns(fact),
      });
    },
  },
});

export const participantShape = object(
  {
    participant: text(),
    person: nullable(text()),
    name: nameShape,
    nameAsPrinted: nullable(text()),
    organization: nullable(text()),
    organizationName: nameShape,
    capacity: nullable(oneOf(CAPACITIES)),
    role: nullable(text()),
    presence: nullable(oneOf(PRESENCES)),
    at: ownTimeShape,
    ...amendableMembers,
  },
  'Participant',
);

export function readParticipants(
  view: View,
  meeting: string,
  day: string,
  languages: readonly string[],
  only?: QueryRequest['only'],
) {
  type Participant = ParticipantRow & {
    readonly person_name: string | null;
    readonly person_names: LocalizedName['names'];
    readonly organization_name: string | null;
    readonly organization_names: LocalizedName['names'];
  };
  return view
    .all<Participant>(
      `SELECT t.*, p.name AS person_name, p.names AS person_names, g.name AS organization_name, g.names AS organization_names
        FROM ${view.table('participants')} t
        LEFT JOIN ${nameOnDaySql(view, 'p', `'person:' || t.person`)}
        LEFT JOIN ${nameOnDaySql(view, 'g', 't.organization')}
        WHERE t.meeting = @meeting${createOnlyConditions('t', only)}
          AND NOT EXISTS (SELECT 1 FROM ${view.table('participants')} l
            WHERE l.meeting = t.meeting AND l.participant = t.participant AND l.revision > t.revision)
        ORDER BY t.entry`,
      { meeting, day, ...only },
    )
    .map((row) => ({
      participant: row.participant,
      person: row.person,
      name: selectName(languages, { name: row.person_name, names: row.person_names }),
      nameAsPrinted: row.name_as_printed,
      organization: row.organization,
      organizationName: selectName(languages, { name: row.organization_name, names: row.organization_names }),
      capacity: row.capacity,
      role: row.role,
      presence: row.presence,
      at: toOwnTime(row.at),
      ...toAmendableFields(row),
    }));
}
