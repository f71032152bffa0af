// The record of one meeting: dates, agenda, participants, statements, reports, decisions and minutes.
import { toDateWithBounds } from '../../src/dates/edtf.js';
import type { ItemReference } from '../../src/read-models/declaration/item-reference.js';
import { type Page, paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import {
  toDecisionItem,
  type DecisionRow,
  decisionTables,
  type ReportRow,
} from '../_shared/decision-tables.js';
import {
  findMeeting,
  meetingTables,
  type MeetingDateRow,
  type MeetingRow,
  toMeetingItem,
} from '../_shared/meeting-tables.js';
import { toAmendableFields } from '../_shared/amendable-columns.js';
import { toFirstChair } from '../_shared/chairs.js';
import { toOwnTime } from '../_shared/own-days.js';
import { createOnlyConditions } from '../_shared/filters.js';
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

import { toHoursFields } from '../_shared/meeting-hours.js';
import {
  agendaTables,
  readAgenda,
  readAgendaAdoption,
  toAdoptionReferences,
  toAgendaReferences,
} from './agenda.js';
import { attendanceTables, type ParticipantRow, readParticipants } from './attendance.js';
import { minutesTables, type MinutesRow, readMinutes } from './minutes.js';
import { meetingRecordShape } from './record-shape.js';
import { readSittings, type HandoverRow, type SittingRow, sittingTables } from './sittings.js';

/** How many statements the record has itself; where there are more, it names the address of all of them. */
const STATEMENTS_MAX = 1_000;

const toReportReferences = ({
  meeting,
  report,
}: Pick<ReportRow, 'meeting' | 'report'>): readonly ItemReference[] => [
  { query: 'reports', path: { meeting }, key: { report }, choosesDay: true },
];

const toSittingReferences = ({ meeting }: SittingRow | HandoverRow): readonly ItemReference[] => [
  { query: 'sittings', path: { meeting }, key: {}, isWhole: true },
];

const meetingRecord = defineReadModel()({
  name: 'meeting-record',
  version: 7,
  include: [
    nameTables,
    meetingTables,
    sittingTables,
    agendaTables,
    attendanceTables,
    statementTables,
    decisionTables,
    minutesTables,
  ],
  tables: {},
  when: {},
  // Its other members are the items of lists of their own: meetings, statements and decisions.
  shownIn: {
    meetings: ({ meeting, part_of }: MeetingRow, view) => [
      { query: 'chair', path: { meeting }, key: {}, isWhole: true },
      { query: 'chairs', path: { meeting }, key: {}, isWhole: true },
      ...(part_of === null ? [] : [{ query: 'parts', path: { meeting: part_of }, key: {}, isWhole: true }]),
      // The minutes of other meetings that were approved at this one show whether it was a later one.
      ...view
        .all<MinutesRow>(`SELECT meeting FROM ${view.table('minutes')} WHERE at = @meeting`, { meeting })
        .map((approved) => ({
          query: 'minutes',
          path: { meeting: approved.meeting },
          key: {},
          isWhole: true,
        })),
    ],
    sittings: toSittingReferences,
    handovers: toSittingReferences,
    meeting_dates: ({ meeting }: MeetingDateRow) => [
      { query: 'dateHistory', path: { meeting }, key: {}, isWhole: true },
    ],
    agenda: toAgendaReferences,
    agenda_changes: toAgendaReferences,
    agenda_adoptions: toAdoptionReferences,
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
          chair: toFirstChair(found.chairs),
          chairs: found.chairs ?? [],
          parts: readParts(view, meeting),
          sittings: readSittings(view, meeting),
          dateHistory: readDateHistory(view, meeting),
          agenda: readAgenda(view, meeting),
          agendaAdopted: readAgendaAdoption(view, meeting),
          participants: readParticipants(view, meeting, day, languages),
          ...readStatements(view, meeting, day, languages),
          reports: readReports(view, meeting, day, languages),
          decisions: view
            .all<DecisionRow>(
              `SELECT * FROM ${view.table('decisions')} WHERE meeting = @meeting ORDER BY entry`,
              { meeting },
            )
            .map((row) => toDecisionItem(view, row)),
          minutes: readMinutes(view, found),
        };
      },
      { scan: true, record: meetingRecordShape },
    ),
    chair: defineQuery((view, { path }: QueryRequest) => {
      const found = findMeeting(view, path['meeting'] ?? '');
      return found && toFirstChair(found.chairs);
    }),
    chairs: defineQuery((view, { path }: QueryRequest) => {
      const found = findMeeting(view, path['meeting'] ?? '');
      return found && (found.chairs ?? []);
    }),
    parts: defineQuery((view, { path }: QueryRequest) => readParts(view, path['meeting'] ?? '')),
    sittings: defineQuery((view, { path }: QueryRequest) => {
      const found = findMeeting(view, path['meeting'] ?? '');
      return found && readSittings(view, found.meeting);
    }),
    dateHistory: defineQuery((view, { path }: QueryRequest) => {
      const found = findMeeting(view, path['meeting'] ?? '');
      return found && readDateHistory(view, found.meeting);
    }),
    agenda: defineQuery((view, { path }: QueryRequest) => {
      const found = findMeeting(view, path['meeting'] ?? '');
      return found && readAgenda(view, found.meeting);
    }),
    agendaAdopted: defineQuery((view, { path }: QueryRequest) => {
      const found = findMeeting(view, path['meeting'] ?? '');
      return found && readAgendaAdoption(view, found.meeting);
    }),
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
      return found && readMinutes(view, found);
    }),
  },
});

/** The requested day; where none is, the day of the meeting. */
const getNamesDay = (requested: string, { names_day }: MeetingRow): string =>
  requested || (names_day ?? LATEST_NAMES_DAY);

const toPage = <Item>(items: readonly Item[]): Page<Item> => ({ items, next: null });

const readDateHistory = (view: View, meeting: string) =>
  view
    .all<MeetingDateRow>(
      `SELECT * FROM ${view.table('meeting_dates')} WHERE meeting = @meeting ORDER BY revision`,
      { meeting },
    )
    .map((row) => ({
      scheduledFor: row.scheduled_for === null ? null : toDateWithBounds(row.scheduled_for),
      ...toHoursFields(row),
      change: row.change,
      reason: row.reason,
      ...toAmendableFields(row),
    }));

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
        WHERE r.meeting = @meeting${createOnlyConditions('r', only)} ORDER BY r.entry`,
      { meeting, day, ...only },
    )
    .map((row) => ({
      report: row.report,
      title: row.title,
      presentedBy: row.presented_by,
      presentedByName: selectName(languages, row),
      nameAsPrinted: row.name_as_printed,
      onBehalfOf: row.on_behalf_of,
      at: toOwnTime(row.at),
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
  view.get<{ readonly title: string | null }>(
    `SELECT title FROM ${view.table('decisions')} WHERE meeting = @meeting AND decision = @decision`,
    { meeting, decision },
  )?.title ?? null;

/** How many parts of a meeting its record names; `/meetings?partOf=` lists all. */
const PARTS_MAX = 1_000;

const readParts = (view: View, meeting: string): readonly string[] =>
  view
    .all<MeetingRow>(
      `SELECT meeting FROM ${view.table('meetings')} WHERE part_of = @meeting ORDER BY meeting LIMIT ${PARTS_MAX}`,
      { meeting },
    )
    .map((part) => part.meeting);

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
      chairs: 'chairs',
      parts: 'parts',
      sittings: 'sittings',
      dateHistory: 'dateHistory',
      agenda: 'agenda',
      agendaAdopted: 'agendaAdopted',
      participants: 'participants',
      reports: 'reports',
      minutes: 'minutes',
    },
  },
]);
