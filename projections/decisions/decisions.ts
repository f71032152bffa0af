// Decisions, with their reservations and the reports that concern them.
import {
  BALLOT_CHOICES,
  DECISION_KINDS,
  DECISION_METHODS,
  DECISION_OUTCOMES,
} from '../../src/domain/meeting/events.js';
import type { ItemReference } from '../../src/read-models/declaration/item-reference.js';
import { paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import { toSearchExpression } from '../../src/read-models/declaration/search-text.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import { createFilterConditions, isWordOrNotSaidSql, NOT_SAID } from '../_shared/filters.js';
import { createOwnDayConditions } from '../_shared/own-days.js';
import { meetingTables } from '../_shared/meeting-tables.js';
import {
  toDecisionItem,
  type DecisionRow,
  decisionShape,
  searchableDecisionTables,
  type ReportRow,
} from '../_shared/decision-tables.js';

const toReference = (meeting: string, decision: string): ItemReference => ({
  query: 'decisions',
  key: { meeting, decision },
});

/** A voter and a choice together are of one ballot. */
function createBallotConditions(view: View, { voter, choice }: QueryRequest['filters']) {
  const conditions = [
    'b.meeting = d.meeting AND b.decision = d.decision',
    ...(voter === undefined ? [] : ['b.voter = @voter']),
    ...(choice === undefined ? [] : ['b.choice = @choice']),
  ];
  const sql = `EXISTS (SELECT 1 FROM ${view.table('ballots')} b WHERE ${conditions.join(' AND ')})`;
  return { [voter === undefined ? 'choice' : 'voter']: sql };
}

const decisions = defineReadModel()({
  name: 'decisions',
  version: 5,
  include: [meetingTables, searchableDecisionTables],
  tables: {},
  when: {},
  shownIn: {
    decisions: ({ meeting, decision }: DecisionRow) => [toReference(meeting, decision)],
    // A report is shown with each decision that it concerns.
    reports: ({ meeting, concerning }: ReportRow) =>
      (concerning ?? []).flatMap((concern) =>
        concern.decision === undefined ? [] : [toReference(concern.meeting ?? meeting, concern.decision)],
      ),
  },
  queries: {
    decisions: defineQuery(
      (view, { filters, limit, after, only }: QueryRequest) => {
        const { q } = filters;
        const words = q === undefined ? undefined : toSearchExpression(q);
        if (q !== undefined && words === undefined) return { items: [], next: null };
        const where = createFilterConditions(filters, {
          q: `d.row IN ${view.fullTextSearch('decisions', '@words')}`,
          ...createBallotConditions(view, filters),
          symbol: 'EXISTS (SELECT 1 FROM json_each(d.identifiers) i WHERE i.value = @symbol)',
          meeting: 'd.meeting = @meeting',
          organization: 'm.convened_by = @organization',
          kind: isWordOrNotSaidSql('d.kind', 'kind'),
          by: isWordOrNotSaidSql('d.by', 'by'),
          outcome: isWordOrNotSaidSql('d.outcome', 'outcome'),
          ...createOwnDayConditions('d'),
        });
        const found = paginate<DecisionRow>(view, {
          sql: `SELECT d.* FROM ${view.table('decisions')} d JOIN ${view.table('meetings')} m ON m.meeting = d.meeting ${where}`,
          parameters: { ...filters, ...(words !== undefined && { words }) },
          order: ['entry'],
          after,
          only,
          limit,
        });
        return { ...found, items: found.items.map((row) => toDecisionItem(view, row)) };
      },
      { scan: true, item: decisionShape },
    ),
  },
});

export default publishReadModel(decisions, [
  {
    path: '/decisions',
    about: 'Decisions, in record order.',
    query: 'decisions',
    list: true,
    names: false,
    filters: {
      meeting: { kind: 'text', about: 'Only decisions of this meeting.' },
      organization: { kind: 'text', about: 'Only decisions of meetings that this organization convened.' },
      kind: { kind: 'one-of', values: [...DECISION_KINDS, NOT_SAID], about: 'Only decisions of this kind.' },
      outcome: {
        kind: 'one-of',
        values: [...DECISION_OUTCOMES, NOT_SAID],
        about: 'Only decisions with this outcome.',
      },
      by: {
        kind: 'one-of',
        values: [...DECISION_METHODS, NOT_SAID],
        about: 'Only decisions that were taken in this way.',
      },
      q: {
        kind: 'text',
        about:
          'Only decisions whose title and text together contain all of these words, found as in statements.',
      },
      voter: { kind: 'text', about: 'Only decisions with a ballot of this organization, or of person:<id>.' },
      choice: {
        kind: 'one-of',
        values: BALLOT_CHOICES,
        about: 'Only decisions with a ballot of this choice; with "voter", of that voter.',
      },
      symbol: { kind: 'text', about: 'Only decisions that have this identifier, in any scheme.' },
      from: {
        kind: 'day',
        about:
          'Only decisions that may be of this day or later, by their own time or else by the days of the meeting.',
      },
      to: { kind: 'day', about: 'Only decisions that may be of this day or earlier, likewise.' },
    },
  },
]);
