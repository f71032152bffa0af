// Decisions and the reports that concern them: for each read model that shows them.
import {
  BALLOT_CHOICES,
  DECISION_KINDS,
  DECISION_METHODS,
  DECISION_OUTCOMES,
  MAJORITIES,
  MAJORITY_BASES,
  PREVENTIONS,
} from '../../src/domain/meeting/events.js';
import type {
  BallotChoice,
  Candidate,
  DecisionKind,
  DecisionMethod,
  DecisionOutcome,
  LaterStatement,
  ReportSubject,
  DecisionTaken,
  ReportHeard,
  Requirement,
  Reservation,
  Tally,
} from '../../src/domain/meeting/events.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  nullableJson,
  nullableTextOf,
  type Row,
  defineTable,
  textOf,
} from '../../src/read-models/declaration/table.js';
import {
  boolean,
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
import { toDateWithBounds } from '../../src/dates/edtf.js';
import { amendableMembers, dateShape, identifiersShape } from './answer-shapes.js';
import { namedPartyMembers } from './chairs.js';
import { conflictMembers, toConflictFields } from './conflicts.js';
import { OWN_DAY_COLUMNS, ownTimeShape, toOwnDayColumns, toOwnTime } from './own-days.js';
import { AMENDABLE_COLUMNS, toAmendableColumns, toAmendableFields } from './amendable-columns.js';

const createTables = (search: 'words' | undefined) => ({
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
      /** 1 or 0. */
      ballots_complete: 'integer?',
      stated_later: nullableJson<readonly LaterStatement[]>(),
      candidates: nullableJson<readonly Candidate[]>(),
      requirement: nullableJson<Requirement>(),
      prevented: nullableTextOf<(typeof PREVENTIONS)[number]>(),
      conditions: nullableJson<readonly string[]>(),
      identifiers: nullableJson<{ readonly [scheme: string]: string }>(),
      effective: 'text?',
      expires: 'text?',
      /** Title and text, for the search. */
      words: 'text',
      reservations: nullableJson<readonly Reservation[]>(),
      agenda_item: 'text?',
      ...AMENDABLE_COLUMNS,
    },
    key: ['meeting', 'decision'],
    indexes: [['meeting', 'entry'], ['entry']],
    ...(search && { search }),
  }),
  ballots: defineTable({
    columns: {
      meeting: 'text',
      decision: 'text',
      n: 'integer',
      voter: 'text',
      choice: textOf<BallotChoice>(),
      weight: 'integer?',
    },
    key: ['meeting', 'decision', 'n'],
    indexes: [
      ['meeting', 'decision', 'n'],
      ['voter', 'meeting', 'decision'],
    ],
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
});

const defineDecisionTables = (search: 'words' | undefined) =>
  defineSharedTables<DecisionTaken | ReportHeard>()({
    tables: createTables(search),
    standalone: 'all',
    when: {
      DecisionTaken: (fact, { decisions, ballots }) => {
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
          ballots_complete: data.ballotsComplete === undefined ? null : Number(data.ballotsComplete),
          stated_later: data.statedLater,
          candidates: data.candidates,
          requirement: data.requirement,
          prevented: data.prevented,
          conditions: data.conditions,
          identifiers: data.identifiers,
          effective: data.effective,
          expires: data.expires,
          words: [data.title ?? [], data.text ?? []].flat().join('\n'),
          reservations: data.reservations,
          agenda_item: data.agendaItem,
          ...toAmendableColumns(fact),
        });
        const { meeting, decision } = data;
        for (const [n, { voter, choice, weight }] of (data.ballots ?? []).entries())
          ballots.put({ meeting, decision, n, voter, choice, weight });
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

type DecisionTables = ReturnType<typeof createTables>;
export type DecisionRow = Row<DecisionTables['decisions']>;
type BallotRow = Row<DecisionTables['ballots']>;
export type ReportRow = Row<DecisionTables['reports']>;

/** Decisions with a full-text index. */
export const searchableDecisionTables = defineDecisionTables('words');
/** Decisions without one. */
export const decisionTables = defineDecisionTables(undefined);

export const reportSubjectMembers = {
  meeting: optionalMember(text()),
  decision: optionalMember(text()),
  text: optionalMember(text()),
};

const tallyShape = object(
  {
    for: nullable(integer()),
    against: nullable(integer()),
    abstain: nullable(integer()),
    absent: nullable(integer()),
    notVoting: nullable(integer()),
    spoilt: nullable(integer()),
    derived: optionalMember(boolean('True if it was counted from the ballots, which are complete.')),
  },
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
    ballots: list(
      object({ voter: text(), choice: oneOf(BALLOT_CHOICES), weight: optionalMember(integer()) }, 'Ballot'),
    ),
    ballotsComplete: nullable(boolean('Whether the ballots are those of all voters.')),
    statedLater: list(object({ voter: text(), choice: oneOf(BALLOT_CHOICES) }, 'LaterStatement')),
    candidates: list(
      object(
        { ...namedPartyMembers, votes: optionalMember(integer()), elected: optionalMember(boolean()) },
        'Candidate',
      ),
    ),
    requirement: nullable(
      object(
        {
          majority: optionalMember(oneOf(MAJORITIES)),
          of: optionalMember(oneOf(MAJORITY_BASES)),
          text: optionalMember(text()),
        },
        'Requirement',
      ),
    ),
    prevented: nullable(oneOf(PREVENTIONS)),
    conditions: list(text()),
    identifiers: identifiersShape,
    effective: nullable(dateShape),
    expires: nullable(dateShape),
    reservations: list(object({ organization: text(), text: text() }, 'Reservation')),
    agendaItem: nullable(text()),
    reports: list(
      object({ meeting: text(), report: text(), title: text(), entry: entryNumber() }, 'ConcerningReport'),
      'The reports, of any meeting, that concern it.',
    ),
    ...conflictMembers,
    ...amendableMembers,
  },
  'Decision',
);

type Ballots = readonly Pick<BallotRow, 'choice' | 'voter' | 'weight'>[];

const readBallots = (view: View, { meeting, decision }: DecisionRow): Ballots =>
  view.all<BallotRow>(
    `SELECT voter, choice, weight FROM ${view.table('ballots')}
      WHERE meeting = @meeting AND decision = @decision ORDER BY n`,
    { meeting, decision },
  );

/** The member of a tally that counts the ballots with a choice; nobody counts those who recused themselves. */
const TALLY_MEMBERS = {
  for: 'for',
  against: 'against',
  abstain: 'abstain',
  absent: 'absent',
  'not-voting': 'notVoting',
} as const satisfies { readonly [C in BallotChoice]?: keyof Tally };
const COUNTED_CHOICES = Object.keys(TALLY_MEMBERS) as readonly (keyof typeof TALLY_MEMBERS)[];

const countBallots = (ballots: Ballots, counted: BallotChoice): number =>
  ballots.reduce((sum, { choice, weight }) => sum + (choice === counted ? (weight ?? 1) : 0), 0);

const NO_TALLY = { for: null, against: null, abstain: null, absent: null, notVoting: null, spoilt: null };

/** As recorded or, where it is not and the ballots are complete, counted from them. */
function toTally({ tally, ballots_complete }: DecisionRow, ballots: Ballots) {
  if (tally) return { ...NO_TALLY, ...tally };
  if (ballots_complete !== 1) return null;
  const counts = COUNTED_CHOICES.map(
    (choice) => [TALLY_MEMBERS[choice], countBallots(ballots, choice)] as const,
  );
  return { ...NO_TALLY, ...(Object.fromEntries(counts) as Tally), derived: true };
}

/** Whether the ballots certainly are not those of the tally. Weights may be counted otherwise, so they prove nothing. */
function contradictsTally({ tally, ballots_complete }: DecisionRow, ballots: Ballots): boolean {
  if (!tally || ballots.some(({ weight }) => weight !== null)) return false;
  return COUNTED_CHOICES.some((choice) => {
    const said = tally[TALLY_MEMBERS[choice]];
    const counted = countBallots(ballots, choice);
    return said !== undefined && (counted > said || (ballots_complete === 1 && counted !== said));
  });
}

const UNANIMOUS_METHODS: readonly (DecisionMethod | null)[] = ['consensus', 'silence', 'acclamation'];

/** Whether somebody voted against what is said to have been adopted without a vote. */
const isNotUnanimous = ({ by, outcome, tally }: DecisionRow, ballots: Ballots): boolean =>
  UNANIMOUS_METHODS.includes(by) &&
  outcome === 'adopted' &&
  ((tally?.against ?? 0) > 0 || ballots.some(({ choice }) => choice === 'against'));

const toNullableDate = (edtf: string | null) => (edtf === null ? null : toDateWithBounds(edtf));

/** A decision with the reports, of any meeting, that concern it. */
export function toDecisionItem(view: View, row: DecisionRow) {
  const ballots = readBallots(view, row);
  return {
    decision: row.decision,
    meeting: row.meeting,
    title: row.title,
    text: row.text,
    kind: row.kind,
    outcome: row.outcome,
    by: row.by,
    at: toOwnTime(row.at),
    tally: toTally(row, ballots),
    ballots: ballots.map(({ voter, choice, weight }) => ({
      voter,
      choice,
      ...(weight !== null && { weight }),
    })),
    ballotsComplete: row.ballots_complete === null ? null : row.ballots_complete === 1,
    statedLater: row.stated_later ?? [],
    candidates: row.candidates ?? [],
    requirement: row.requirement,
    prevented: row.prevented,
    conditions: row.conditions ?? [],
    identifiers: row.identifiers ?? {},
    effective: toNullableDate(row.effective),
    expires: toNullableDate(row.expires),
    reservations: row.reservations ?? [],
    agendaItem: row.agenda_item,
    reports: view.all<{ meeting: string; report: string; title: string; entry: number }>(
      `SELECT DISTINCT r.meeting, r.report, r.title, r.entry FROM ${view.table('concerns')} c
      JOIN ${view.table('reports')} r ON r.meeting = c.meeting AND r.report = c.report
      WHERE c.about_meeting = @meeting AND c.about_decision = @decision ORDER BY r.entry`,
      { meeting: row.meeting, decision: row.decision },
    ),
    ...toConflictFields(
      contradictsTally(row, ballots) && 'tally-mismatch',
      isNotUnanimous(row, ballots) && 'not-unanimous',
    ),
    ...toAmendableFields(row),
  };
}
