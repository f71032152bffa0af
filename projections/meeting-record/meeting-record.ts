// The record of one meeting: dates, agenda, participants, statements, reports, decisions and minutes.
import { toDateWithBounds } from '../../src/dates/edtf.js';
import type { Capacity, MeetingEvent, Presence } from '../../src/domain/meeting/events.js';
import type { ItemReference } from '../../src/read-models/declaration/item-reference.js';
import { type Page, paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import { defineTable, nullableJson, type Row, textOf } from '../../src/read-models/declaration/table.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import {
  toDecisionItem,
  type DecisionRow,
  decisionTables,
  type ReportRow,
} from '../_shared/decision-tables.js';
import {
  meetingTables,
  type MeetingDateRow,
  type MeetingRow,
  toMeetingItem,
} from '../_shared/meeting-tables.js';
import { AMENDABLE_COLUMNS, toAmendableColumns, toAmendableFields } from '../_shared/amendable-columns.js';
import type { Correction } from '../_shared/corrections.js';
import type { Dispute } from '../_shared/disputes.js';
import {
  LATEST_NAMES_DAY,
  selectName,
  type LocalizedName,
  nameOnDaySql,
  nameTables,
} from '../_shared/names.js';
import {
  toStatementItem,
  type NamedStatementRow,
  selectNamedStatementsSql,
  statementTables,
} from '../_shared/statement-tables.js';

import { meetingRecordShape } from './record-shape.js';
import { readSittings, type SittingRow, sittingTables } from './sittings.js';

/** How many statements the record has itself; where there are more, it names the address of all of them. */
const STATEMENTS_MAX = 1_000;

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
  /** A row for each event: who sent regrets and came is one participant with two. */
  participants: defineTable({
    columns: {
      meeting: 'text',
      participant: 'text',
      revision: 'integer',
      person: 'text?',
      name_as_printed: 'text?',
      organization: 'text?',
      capacity: textOf<Capacity>(),
      role: 'text?',
      presence: textOf<Presence>(),
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting', 'participant', 'revision'],
    indexes: [
      ['meeting', 'entry'],
      ['meeting', 'participant', 'revision'],
    ],
  }),
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
    indexes: [['meeting', 'revision']],
  }),
};

type AgendaRow = Row<typeof tables.agenda>;
type ParticipantRow = Row<typeof tables.participants>;
type MinutesRow = Row<typeof tables.minutes>;

const toAgendaReferences = ({
  meeting,
  item,
}: Pick<AgendaRow, 'meeting' | 'item'>): readonly ItemReference[] => [
  { query: 'agenda', path: { meeting }, key: { item } },
];
const toReportReferences = ({
  meeting,
  report,
}: Pick<ReportRow, 'meeting' | 'report'>): readonly ItemReference[] => [
  { query: 'reports', path: { meeting }, key: { report }, choosesDay: true },
];

const meetingRecord = defineReadModel<MeetingEvent>()({
  name: 'meeting-record',
  version: 4,
  include: [nameTables, meetingTables, sittingTables, statementTables, decisionTables],
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
    ParticipantRecorded: (fact, { participants }) => {
      const { meeting, participant, person, nameAsPrinted, organization, capacity, role, presence } =
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
        ...toAmendableColumns(fact),
      });
    },
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
  // Its other members are the items of lists of their own: meetings, statements and decisions.
  shownIn: {
    meetings: ({ meeting }: MeetingRow) => [{ query: 'chair', path: { meeting }, key: {}, isWhole: true }],
    sittings: ({ meeting }: SittingRow) => [{ query: 'sittings', path: { meeting }, key: {}, isWhole: true }],
    meeting_dates: ({ meeting }: MeetingDateRow) => [
      { query: 'dateHistory', path: { meeting }, key: {}, isWhole: true },
    ],
    agenda: toAgendaReferences,
    withdrawals: toAgendaReferences,
    participants: ({ meeting, participant }: ParticipantRow) => [
      { query: 'participants', path: { meeting }, key: { participant }, choosesDay: true },
    ],
    reports: toReportReferences,
    // A report shows the titles of the decisions that it concerns.
    decisions: ({ meeting, decision }: DecisionRow, view) =>
      view
        .all<ReportRow>(
          `SELECT meeting, report FROM ${view.table('concerns')} WHERE about_meeting = @meeting AND about_decision = @decision`,
          { meeting, decision },
        )
        .flatMap(toReportReferences),
    minutes: ({ meeting }: MinutesRow) => [{ query: 'minutes', path: { meeting }, key: {}, isWhole: true }],
  },
  queries: {
    record: defineQuery(
      (view, { path, day: requestedDay, languages }: QueryRequest) => {
        const meeting = path['meeting'] ?? '';
        const found = findMeeting(view, meeting);
        if (!found) return undefined;
        const day = getNamesDay(requestedDay, found);
        return {
          ...toMeetingItem(found),
          chair: found.chair,
          sittings: readSittings(view, meeting),
          dateHistory: readDateHistory(view, meeting),
          agenda: readAgenda(view, meeting),
          participants: readParticipants(view, meeting, day, languages),
          ...readStatements(view, meeting, day, languages),
          reports: readReports(view, meeting, day, languages),
          decisions: view
            .all<DecisionRow>(
              `SELECT * FROM ${view.table('decisions')} WHERE meeting = @meeting ORDER BY entry`,
              { meeting },
            )
            .map((row) => toDecisionItem(view, row)),
          minutes: readMinutes(view, meeting),
        };
      },
      { scan: true, record: meetingRecordShape },
    ),
    chair: defineQuery((view, { path }: QueryRequest) => findMeeting(view, path['meeting'] ?? '')?.chair),
    sittings: defineQuery((view, { path }: QueryRequest) => {
      const found = findMeeting(view, path['meeting'] ?? '');
      return found && readSittings(view, found.meeting);
    }),
    dateHistory: defineQuery((view, { path }: QueryRequest) => {
      const found = findMeeting(view, path['meeting'] ?? '');
      return found && readDateHistory(view, found.meeting);
    }),
    agenda: defineQuery((view, { path, only }: QueryRequest) =>
      toPage(readAgenda(view, path['meeting'] ?? '', only)),
    ),
    participants: defineQuery((view, { path, day, languages, only }: QueryRequest) => {
      const found = findMeeting(view, path['meeting'] ?? '');
      return toPage(
        found ? readParticipants(view, found.meeting, getNamesDay(day, found), languages, only) : [],
      );
    }),
    reports: defineQuery((view, { path, day, languages, only }: QueryRequest) => {
      const found = findMeeting(view, path['meeting'] ?? '');
      return toPage(found ? readReports(view, found.meeting, getNamesDay(day, found), languages, only) : []);
    }),
    minutes: defineQuery((view, { path }: QueryRequest) => {
      const found = findMeeting(view, path['meeting'] ?? '');
      return found && readMinutes(view, found.meeting);
    }),
  },
});

const findMeeting = (view: View, meeting: string): MeetingRow | undefined =>
  view.get<MeetingRow>(`SELECT * FROM ${view.table('meetings')} WHERE meeting = @meeting`, { meeting });

/** The requested day; where none is, the day of the meeting. */
const getNamesDay = (requested: string, { names_day }: MeetingRow): string =>
  requested || (names_day ?? LATEST_NAMES_DAY);

const toPage = <Item>(items: readonly Item[]): Page<Item> => ({ items, next: null });

/** SQL for the rows of `t` that have these values, which are bound by their names. */
const onlySql = (t: string, only: QueryRequest['only'] = {}): string =>
  Object.keys(only)
    .map((column) => ` AND ${t}."${column}" = @${column}`)
    .join('');

const readDateHistory = (view: View, meeting: string) =>
  view
    .all<MeetingDateRow>(
      `SELECT * FROM ${view.table('meeting_dates')} WHERE meeting = @meeting ORDER BY revision`,
      { meeting },
    )
    .map((row) => ({
      scheduledFor: row.scheduled_for === null ? null : toDateWithBounds(row.scheduled_for),
      change: row.change,
      reason: row.reason,
      ...toAmendableFields(row),
    }));

function readAgenda(view: View, meeting: string, only?: QueryRequest['only']) {
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
        WHERE a.meeting = @meeting${onlySql('a', only)}
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

function readParticipants(
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
        WHERE t.meeting = @meeting${onlySql('t', only)}
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
      ...toAmendableFields(row),
    }));
}

function readStatements(view: View, meeting: string, day: string, languages: readonly string[]) {
  const found = paginate<NamedStatementRow>(view, {
    sql: `${selectNamedStatementsSql(view)}
      WHERE s.meeting = @meeting`,
    parameters: { meeting, day },
    order: ['entry'],
    limit: STATEMENTS_MAX,
  });
  return {
    statements: found.items.map((row) => toStatementItem(row, languages)),
    ...(found.next && { allStatements: `/statements?meeting=${meeting}` }),
  };
}

function readReports(
  view: View,
  meeting: string,
  day: string,
  languages: readonly string[],
  only?: QueryRequest['only'],
) {
  type Report = ReportRow & LocalizedName;
  return view
    .all<Report>(
      `SELECT r.*, p.name, p.names FROM ${view.table('reports')} r
        LEFT JOIN ${nameOnDaySql(view, 'p', `'person:' || r.presented_by`)}
        WHERE r.meeting = @meeting${onlySql('r', only)} ORDER BY r.entry`,
      { meeting, day, ...only },
    )
    .map((row) => ({
      report: row.report,
      title: row.title,
      presentedBy: row.presented_by,
      presentedByName: selectName(languages, row),
      nameAsPrinted: row.name_as_printed,
      onBehalfOf: row.on_behalf_of,
      concerning: (row.concerning ?? []).map((concern) => ({
        ...concern,
        ...(concern.decision !== undefined && {
          decisionTitle: findDecisionTitle(view, concern.meeting ?? meeting, concern.decision),
        }),
      })),
      agendaItem: row.agenda_item,
      ...toAmendableFields(row),
    }));
}

const findDecisionTitle = (view: View, meeting: string, decision: string): string | null =>
  view.get<{ readonly title: string }>(
    `SELECT title FROM ${view.table('decisions')} WHERE meeting = @meeting AND decision = @decision`,
    { meeting, decision },
  )?.title ?? null;

function readMinutes(view: View, meeting: string) {
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
  };
}

export default publishReadModel(meetingRecord, [
  {
    path: '/meetings/:meeting',
    about:
      'The record of one meeting. Names are those of the day of its first opening, else of its planned day, unless "on" names another.',
    query: 'record',
    list: false,
    day: 'on',
    isDayOptional: true,
    names: true,
    parts: {
      chair: 'chair',
      sittings: 'sittings',
      dateHistory: 'dateHistory',
      agenda: 'agenda',
      participants: 'participants',
      reports: 'reports',
      minutes: 'minutes',
    },
  },
]);
