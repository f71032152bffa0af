import decisions from '../../../projections/decisions/decisions.js';
import { Empty, Facets, NextPage } from '../components/list-page.js';
import { ask, askSubject, definePage, findRoute } from '../page.js';
import { countValues, toLabel } from '../text.js';
import { type DecisionItem, DecisionList } from './decision-list.js';

const countBy = (items: readonly DecisionItem[], member: 'kind' | 'outcome' | 'by') =>
  countValues(items.map((item) => item[member])).map(([value, count]) => ({
    value,
    label: toLabel(value),
    count,
  }));

export const decisionsPage = definePage({
  path: '/decisions',
  route: findRoute(decisions, '/decisions'),
  section: '/decisions',
  formats: ['json', 'csv'],
  asks: {
    decisions: askSubject(decisions, 'decisions'),
    all: ask(decisions, 'decisions'),
  },
  view: ({ decisions: list, all }) => ({
    title: 'Decisions',
    children: (
      <>
        <h1>Decisions</h1>
        <Facets name="Kind" parameter="kind" facets={countBy(all.items, 'kind')} />
        <Facets name="Outcome" parameter="outcome" facets={countBy(all.items, 'outcome')} />
        <Facets name="Decided by" parameter="by" facets={countBy(all.items, 'by')} />
        {list.items.length === 0 ? (
          <Empty what="The book has no such decision." />
        ) : (
          <DecisionList heading="h2" decisions={list.items} />
        )}
        <NextPage list={list} />
      </>
    ),
  }),
});
