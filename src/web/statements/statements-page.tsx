import statements from '../../../projections/statements/statements.js';
import { Empty, NextPage } from '../components/list-page.js';
import { askSubject, definePage, findRoute, type PageQuery } from '../page.js';
import { humanize } from '../text.js';
import { StatementList } from './statement-list.js';

const describeFilters = ({ filters }: PageQuery): string =>
  Object.entries(filters)
    .map(([name, value]) => `${humanize(name)}: ${value}`)
    .join(', ');

export const statementsPage = definePage({
  path: '/statements',
  route: findRoute(statements, '/statements'),
  section: '/topics',
  formats: ['json', 'csv'],
  asks: { statements: askSubject(statements, 'search') },
  view: ({ statements: list }, query) => ({
    title: 'Statements',
    children: (
      <>
        <h1>Statements</h1>
        {Object.keys(query.filters).length > 0 && <p class="note">{describeFilters(query)}</p>}
        {list.items.length === 0 ? (
          <Empty what="The book has no such statement." />
        ) : (
          <StatementList statements={list.items} />
        )}
        <NextPage list={list} />
      </>
    ),
  }),
});
