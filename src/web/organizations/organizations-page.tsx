import organizations from '../../../projections/organizations/organizations.js';
import { Empty, Facets, NextPage } from '../components/list-page.js';
import { OrganizationLink } from '../components/record-link.js';
import { ask, askSubject, definePage, findRoute, type ItemOf } from '../page.js';
import { countValues, formatCount, humanize, toLabel } from '../text.js';

type Organization = ItemOf<typeof organizations, 'directory'>;

const countClassifications = (items: readonly Organization[]) =>
  countValues(items.map(({ classification }) => classification)).toSorted(([a], [b]) => a.localeCompare(b));

const OrganizationTable = ({ items }: { readonly items: readonly Organization[] }) => (
  <table>
    <caption>{formatCount(items.length, 'organization')}</caption>
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col">Kind</th>
        <th scope="col">Body of</th>
      </tr>
    </thead>
    <tbody>
      {items.map(({ id, name, abbreviation, classification, partOf }) => (
        <tr key={id}>
          <th scope="row">
            <OrganizationLink id={id} name={name} />
            {abbreviation !== null && abbreviation !== name && ` (${abbreviation})`}
          </th>
          <td>{humanize(classification)}</td>
          <td>{partOf !== null && <OrganizationLink id={partOf} />}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

export const organizationsPage = definePage({
  path: '/organizations',
  route: findRoute(organizations, '/organizations'),
  section: '/organizations',
  formats: ['json', 'csv'],
  asks: { organizations: askSubject(organizations, 'directory'), all: ask(organizations, 'directory') },
  view: ({ organizations: list, all }) => ({
    title: 'Organizations',
    children: (
      <>
        <h1>Organizations</h1>
        <Facets
          name="Kind"
          parameter="classification"
          facets={countClassifications(all.items).map(([value, count]) => ({
            value,
            label: toLabel(value),
            count,
          }))}
        />
        {list.items.length === 0 ? (
          <Empty what="The book knows no such organization." />
        ) : (
          <OrganizationTable items={list.items} />
        )}
        <NextPage list={list} />
      </>
    ),
  }),
});
