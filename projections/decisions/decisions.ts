// What was decided, how, with whom reserving, and which reports came back on it.
import { DECISION_KINDS, OUTCOMES } from '../../src/domain/meeting/events.js';
import { page, query, readModel } from '../../src/read-models/declaration/read-model.js';
import { type Asked, published } from '../../src/read-models/declaration/route.js';
import { calendar } from '../_shared/meeting-tables.js';
import { decided, type Taken, taken } from '../_shared/decision-tables.js';

const decisions = readModel()({
  name: 'decisions',
  version: 1,
  include: [calendar, taken],
  tables: {},
  when: {},
  queries: {
    decisions: query(
      (view, { filters, limit, after }: Asked) => {
        const { meeting, organization, kind, outcome, from, to } = filters;
        const conditions = [
          meeting === undefined ? [] : 'd.meeting = @meeting',
          organization === undefined ? [] : 'm.convened_by = @organization',
          kind === undefined ? [] : 'd.kind = @kind',
          outcome === undefined ? [] : 'd.outcome = @outcome',
          from === undefined ? [] : '(m.day_latest IS NULL OR m.day_latest >= @from)',
          to === undefined ? [] : '(m.day_earliest IS NULL OR m.day_earliest <= @to)',
        ].flat();
        const found = page<Taken>(view, {
          sql: `SELECT d.* FROM ${view.at('decisions')} d JOIN ${view.at('meetings')} m ON m.meeting = d.meeting
            ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}`,
          parameters: {
            ...(meeting !== undefined && { meeting }),
            ...(organization !== undefined && { organization }),
            ...(kind !== undefined && { kind }),
            ...(outcome !== undefined && { outcome }),
            ...(from !== undefined && { from }),
            ...(to !== undefined && { to }),
          },
          order: ['entry'],
          after,
          limit,
        });
        return { ...found, items: found.items.map((row) => decided(view, row)) };
      },
      { scan: true },
    ),
  },
});

export default published(decisions, [
  {
    path: '/decisions',
    about: 'What was decided, in the order in which it was recorded.',
    query: 'decisions',
    list: true,
    names: false,
    filters: {
      meeting: { kind: 'text', about: 'Only decisions of this meeting.' },
      organization: { kind: 'text', about: 'Only decisions of meetings that this organization convened.' },
      kind: { kind: 'one-of', values: DECISION_KINDS, about: 'Only decisions of this kind.' },
      outcome: { kind: 'one-of', values: OUTCOMES, about: 'Only decisions with this outcome.' },
      from: { kind: 'day', about: 'Only decisions of meetings that may be on this day or later.' },
      to: { kind: 'day', about: 'Only decisions of meetings that may be on this day or earlier.' },
    },
  },
]);
