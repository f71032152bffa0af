// Decisions, with their reservations and the reports that concern them.
import { DECISION_KINDS, DECISION_METHODS, DECISION_OUTCOMES } from '../../src/domain/meeting/events.js';
import type { ItemReference } from '../../src/read-models/declaration/item-reference.js';
import { paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import { createFilterConditions, isWordOrNotSaidSql, NOT_SAID } from '../_shared/filters.js';
import { createOwnDayConditions } from '../_shared/own-days.js';
import { meetingTables } from '../_shared/meeting-tables.js';
import {
  toDecisionItem,
  type DecisionRow,
  decisionShape,
  decisionTables,
  type ReportRow,
} from '../_shared/decision-tables.js';

const toReference = (meeting: string, decision: string): ItemReference => ({
  query: 'decisions',
  key: { meeting, decision },
});

const decisions = defineReadModel()({
  name: 'decisions',
  version: 4,
  include: [meetingTables, decisionTables],
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
        const where = createFilterConditions(filters, {
          meeting: 'd.meeting = @meeting',
          organization: 'm.convened_by = @organization',
          kind: isWordOrNotSaidSql('d.kind', 'kind'),
          by: isWordOrNotSaidSql('d.by', 'by'),
          outcome: isWordOrNotSaidSql('d.outcome', 'outcome'),
          ...createOwnDayConditions('d'),
        });
        const found = paginate<DecisionRow>(view, {
          sql: `SELECT d.* FROM ${view.table('decisions')} d JOIN ${view.table('meetings')} m ON m.meeting = d.meeting ${where}`,
          parameters: filters,
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
      from: {
        kind: 'day',
        about:
          'Only decisions that may be of this day or later, by their own time or else by the days of the meeting.',
      },
      to: { kind: 'day', about: 'Only decisions that may be of this day or earlier, likewise.' },
    },
  },
]);
