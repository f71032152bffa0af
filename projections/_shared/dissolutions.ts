// Dissolved organizations: what ends with them, in answers only, for each read model with memberships, observers or offices.
// It is found when a list is read, so that retracting a dissolution undoes it.
import { parseBounds } from '../../src/dates/edtf.js';
import type {
  OrganizationDissolved,
  OrganizationRegistered,
} from '../../src/domain/organization/organization.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import { defineTable } from '../../src/read-models/declaration/table.js';
import type { SqlParameters, View } from '../../src/read-models/declaration/view.js';

export const dissolutionTables = defineSharedTables<OrganizationRegistered | OrganizationDissolved>()({
  tables: {
    parents: defineTable({
      columns: {
        organization: 'text',
        part_of: 'text?',
        /** The first day on which it can have been founded. */
        founded_earliest: 'text?',
      },
      key: ['organization'],
      indexes: [['organization'], ['part_of']],
    }),
    dissolutions: defineTable({
      columns: {
        organization: 'text',
        revision: 'integer',
        effective: 'text',
        earliest: 'text?',
        latest: 'text?',
      },
      key: ['organization', 'revision'],
      indexes: [['organization']],
    }),
  },
  standalone: 'all',
  when: {
    OrganizationRegistered: ({ data }, { parents }) =>
      parents.put({
        organization: data.organization,
        part_of: data.partOf,
        founded_earliest: data.founded === undefined ? null : parseBounds(data.founded).earliest,
      }),
    OrganizationDissolved: ({ data, revision }, { dissolutions }) => {
      const { organization, effective } = data;
      dissolutions.put({ organization, revision, effective, ...parseBounds(effective) });
    },
  },
});

/** SQL for the dissolutions that end a relation: of the organization, of what it is a part of, and of the party to it. */
const dissolutionsSql = (view: View, organization: string, party: string): string =>
  `(WITH RECURSIVE above (id) AS (
      SELECT ${organization}
      UNION SELECT p.part_of FROM above a JOIN ${view.table('parents')} p ON p.organization = a.id WHERE p.part_of IS NOT NULL
    )
    SELECT d.effective, d.earliest, d.latest, d.organization = ${party} AS is_of_party
    FROM ${view.table('dissolutions')} d WHERE d.organization = ${party} OR d.organization IN (SELECT id FROM above))`;

/**
 * SQL for the periods of a table with two more columns: the day from which a dissolution may have ended them, and the day
 * from which one certainly has; null if there is none. `party`: an expression over `s`, the other side of the relation.
 */
export const periodsWithDissolutionSql = (
  view: View,
  table: string,
  party: string,
  where: string,
): string => {
  const dissolutions = dissolutionsSql(view, 's.organization', party);
  return `(SELECT s.*,
      (SELECT min(coalesce(e.earliest, '')) FROM ${dissolutions} e) AS dissolved_earliest,
      (SELECT min(coalesce(e.latest, '~')) FROM ${dissolutions} e) AS dissolved_latest
    FROM ${view.table(table)} s WHERE ${where})`;
};

/**
 * The rows of a table of relations that a dissolution of an organization may end: those to it, to its bodies, and those that
 * it is a party of. `party` is an expression over `s`.
 */
export const listRelationsOf = <Relation>(
  view: View,
  table: string,
  party: string,
  organization: string,
): readonly Relation[] =>
  view.all<Relation>(
    `WITH RECURSIVE bodies (id) AS (
      SELECT @organization
      UNION SELECT p.organization FROM bodies b JOIN ${view.table('parents')} p ON p.part_of = b.id
    )
    SELECT s.* FROM ${view.table(table)} s
    WHERE s.organization IN (SELECT id FROM bodies) OR ${party} = @organization`,
    { organization },
  );

/** The row of an organization whose dissolution, or whose place in another, decides when relations to it end. */
export type DissolvedRow = {
  readonly organization: string;
  readonly earliest?: string | null;
  readonly latest?: string | null;
};

/** What ends a relation that nobody ended. */
type EndByDissolution = {
  readonly effective: string;
  readonly latest: string | null;
  readonly reason: 'organization-dissolved' | 'member-dissolved';
};

/** The first dissolution that ends the relation of a party to an organization. */
export function findDissolution(
  view: View,
  organization: string,
  party: string,
): EndByDissolution | undefined {
  const parameters: SqlParameters = { organization, party };
  const found = view.get<{ effective: string; latest: string | null; is_of_party: number }>(
    `SELECT * FROM ${dissolutionsSql(view, '@organization', '@party')} e ORDER BY coalesce(e.latest, '~'), coalesce(e.earliest, '') LIMIT 1`,
    parameters,
  );
  return (
    found && {
      effective: found.effective,
      latest: found.latest,
      reason: found.is_of_party === 1 ? 'member-dissolved' : 'organization-dissolved',
    }
  );
}

/** SQL: whether the relation `t` certainly began before its organization was founded. */
export const beginsBeforeFoundingSql = (view: View, t: string): string =>
  `EXISTS (SELECT 1 FROM ${view.table('parents')} o
    WHERE o.organization = ${t}.organization AND ${t}.since_latest < o.founded_earliest)`;

/** Whether an organization was certainly founded after a day; false without one. */
export const isFoundedAfter = (view: View, organization: string, day: string | null): boolean =>
  day !== null &&
  view.get(
    `SELECT 1 FROM ${view.table('parents')} o WHERE o.organization = @organization AND @day < o.founded_earliest`,
    { organization, day },
  ) !== undefined;

/** Whether a relation certainly began after a dissolution had ended it. */
export const beginsAfterDissolution = (
  { since_earliest: first }: { readonly since_earliest: string | null },
  { latest }: Pick<EndByDissolution, 'latest'>,
): boolean => latest !== null && first !== null && latest < first;
