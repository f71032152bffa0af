// Decisions and the reports that concern them: for each read model that shows them.
import {
  BALLOT_CHOICES,
  DECISION_KINDS,
  DECISION_METHODS,
  DECISION_OUTCOMES,
} from '../../src/domain/meeting/events.js';
import type {
  Ballot,
  DecisionKind,
  DecisionMethod,
  DecisionOutcome,
  ReportSubject,
  DecisionTaken,
  ReportHeard,
  Reservation,
  Tally,
} from '../../src/domain/meeting/events.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  nullableJson,
  nullableTextOf,
  type Row,
  defineTable,
} from '../../src/read-models/declaration/table.js';
import {
  integer,
  list,
  nullable,
  object,
  optionalMember,
  oneOf,
  text,
  entryNumber,
} from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { amendableMembers } from './answer-shapes.js';
import { OWN_DAY_COLUMNS, ownTimeShape, toOwnDayColumns, toOwnTime } from './own-days.js';
import { AMENDABLE_COLUMNS, toAmendableColumns, toAmendableFields } from './amendable-columns.js';

const tables = {
  decisions: defineTable({
    columns: {
      meeting: 'text',
      decision: 'text',
      title: 'text?',
      text: 'text?',
      kind: nullableTextOf<DecisionKind>(),
      outcome: nullableTextOf<DecisionOutcome>(),
      by: nullableTextOf<DecisionMethod>(),
      ...OWN_DAY_COLUMNS,
      tally: nullableJson<Tally>(),
      ballots: nullableJson<readonly Ballot[]>(),
      reservations: nullableJson<readonly Reservation[]>(),
      agenda_item: 'text?',
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting', 'decision'],
    indexes: [['meeting', 'entry'], ['entry']],
  }),
  reports: defineTable({
    columns: {
      meeting: 'text',
      report: 'text',
      title: 'text',
      presented_by: 'text?',
      name_as_printed: 'text?',
      on_behalf_of: 'text?',
      at: 'text?',
      concerning: nullableJson<readonly ReportSubject[]>(),
      agenda_item: 'text?',
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting', 'report'],
    indexes: [['meeting', 'entry']],
  }),
  /** The decisions that reports concern. */
  concerns: defineTable({
    columns: {
      meeting: 'text',
      report: 'text',
      n: 'integer',
      about_meeting: 'text',
      about_decision: 'text',
    },
    key: ['meeting', 'report', 'n'],
    indexes: [['about_meeting', 'about_decision']],
  }),
};

export const decisionTables = defineSharedTables<DecisionTaken | ReportHeard>()({
  tables,
  standalone: 'all',
  when: {
    DecisionTaken: (fact, { decisions }) => {
      const { data } = fact;
      decisions.put({
        meeting: data.meeting,
        decision: data.decision,
        title: data.title,
        text: data.text,
        kind: data.kind,
        outcome: data.outcome,
        by: data.by,
        ...toOwnDayColumns(data.at),
        tally: data.tally,
        ballots: data.ballots,
        reservations: data.reservations,
        agenda_item: data.agendaItem,
        ...toAmendableColumns(fact),
      });
    },
    ReportHeard: (fact, { reports, concerns }) => {
      const { data } = fact;
      const { meeting, report, concerning = [] } = data;
      reports.put({
        meeting,
        report,
        title: data.title,
        presented_by: data.presentedBy,
        name_as_printed: data.nameAsPrinted,
        on_behalf_of: data.onBehalfOf,
        at: data.at,
        concerning: data.concerning,
        agenda_item: data.agendaItem,
        ...toAmendableColumns(fact),
      });
      for (const [n, concern] of concerning.entries())
        if (concern.decision !== undefined)
          concerns.put({
            meeting,
            report,
            n,
            about_meeting: concern.meeting ?? meeting,
            about_decision: concern.decision,
          });
    },
  },
});

export type DecisionRow = Row<typeof tables.decisions>;
export type ReportRow = Row<typeof tables.reports>;

export const reportSubjectMembers = {
  meeting: optionalMember(text()),
  decision: optionalMember(text()),
  text: optionalMember(text()),
};

const tallyShape = object(
  { for: nullable(integer()), against: nullable(integer()), abstain: nullable(integer()) },
  'Tally',
);

export const decisionShape = object(
  {
    decision: text(),
    meeting: text(),
    title: nullable(text()),
    text: nullable(text()),
    kind: nullable(oneOf(DECISION_KINDS)),
    outcome: nullable(oneOf(DECISION_OUTCOMES)),
    by: nullable(oneOf(DECISION_METHODS)),
    at: ownTimeShape,
    tally: nullable(tallyShape),
    ballots: list(object({ voter: text(), choice: oneOf(BALLOT_CHOICES) }, 'Ballot')),
    reservations: list(object({ organization: text(), text: text() }, 'Reservation')),
    agendaItem: nullable(text()),
    reports: list(
      object({ meeting: text(), report: text(), title: text(), entry: entryNumber() }, 'ConcerningReport'),
      'The reports, of any meeting, that concern it.',
    ),
    ...amendableMembers,
  },
  'Decision',
);

/** A decision with the reports, of any meeting, that concern it. */
export const toDecisionItem = (view: View, row: DecisionRow) => ({
  decision: row.decision,
  meeting: row.meeting,
  title: row.title,
  text: row.text,
  kind: row.kind,
  outcome: row.outcome,
  by: row.by,
  at: toOwnTime(row.at),
  tally: row.tally && {
    for: row.tally.for ?? null,
    against: row.tally.against ?? null,
    abstain: row.tally.abstain ?? null,
  },
  ballots: row.ballots ?? [],
  reservations: row.reservations ?? [],
  agendaItem: row.agenda_item,
  reports: view.all<{ meeting: string; report: string; title: string; entry: number }>(
    `SELECT DISTINCT r.meeting, r.report, r.title, r.entry FROM ${view.table('concerns')} c
      JOIN ${view.table('reports')} r ON r.meeting = c.meeting AND r.report = c.report
      WHERE c.about_meeting = @meeting AND c.about_decision = @decision ORDER BY r.entry`,
    { meeting: row.meeting, decision: row.decision },
  ),
  ...toAmendableFields(row),
});
