// The directory: organizations with their names in time, their bodies and their legal status.
import { toDateWithBounds } from '../../src/dates/edtf.js';
import type { Instrument } from '../../src/domain/event-fields.js';
import type {
  OrganizationClassification,
  OrganizationEvent,
} from '../../src/domain/organization/organization.js';
import type { ItemReference } from '../../src/read-models/declaration/item-reference.js';
import { paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import {
  defineTable,
  nullableJson,
  nullableTextOf,
  type Row,
} from '../../src/read-models/declaration/table.js';
import {
  entryNumber,
  list,
  nullable,
  object,
  oneOf,
  optionalMember,
  text,
} from '../../src/read-models/declaration/shape.js';
import { foldText } from '../../src/read-models/declaration/search-text.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import {
  dateShape,
  disputeMembers,
  identifiersShape,
  instrumentShape,
  nameShape,
  namesShape,
} from '../_shared/answer-shapes.js';
import { createFilterConditions, isWordOrNotSaidSql, NOT_SAID } from '../_shared/filters.js';
import { type Dispute, getDisputes, toDisputeFields } from '../_shared/disputes.js';
import {
  selectName,
  type LocalizedName,
  nameOnDaySql,
  type NameRow,
  nameTables,
  parsePersonParty,
} from '../_shared/names.js';
import { ORGANIZATION_CLASSIFICATIONS } from '../../src/domain/organization/organization.js';

const tables = {
  organizations: defineTable({
    columns: {
      organization: 'text',
      classification: nullableTextOf<OrganizationClassification>(),
      part_of: 'text?',
      founded: 'text?',
      country: 'text?',
      purpose: 'text?',
      identifiers: nullableJson<{ readonly [scheme: string]: string }>(),
      entry: 'integer',
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['organization'],
    indexes: [['organization'], ['part_of']],
  }),
  legal_statuses: defineTable({
    columns: {
      organization: 'text',
      revision: 'integer',
      status: 'text',
      granted_by: 'text?',
      instrument: nullableJson<Instrument>(),
      effective: 'text',
      entry: 'integer',
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['organization', 'revision'],
    indexes: [['organization']],
  }),
  dissolutions: defineTable({
    columns: {
      organization: 'text',
      effective: 'text',
      reason: 'text?',
      successors: nullableJson<readonly string[]>(),
      entry: 'integer',
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['organization'],
    indexes: [['organization']],
  }),
};

type OrganizationRow = Row<typeof tables.organizations>;
type OrganizationListRow = LocalizedName &
  Pick<OrganizationRow, 'organization' | 'classification' | 'part_of'> & {
    readonly abbreviation: string | null;
  };

const organizationItemMembers = {
  id: text(),
  name: nameShape,
  abbreviation: nullable(text()),
  classification: nullable(oneOf(ORGANIZATION_CLASSIFICATIONS)),
  partOf: nullable(text('The organization that it is a body of.')),
};
const organizationItemShape = object(organizationItemMembers, 'OrganizationItem');
const organizationShape = object(
  {
    ...organizationItemMembers,
    founded: nullable(dateShape),
    country: nullable(text('A code of ISO 3166-1 alpha-2.')),
    purpose: nullable(text()),
    identifiers: identifiersShape,
    legalStatuses: list(
      object(
        {
          status: text(),
          grantedBy: nullable(text('An organization.')),
          effective: dateShape,
          instrument: optionalMember(instrumentShape),
          entry: entryNumber(),
          ...disputeMembers,
        },
        'LegalStatus',
      ),
    ),
    bodies: list(text('An organization.')),
    names: list(
      object(
        {
          name: text(),
          abbreviation: nullable(text()),
          names: namesShape,
          effective: nullable(dateShape),
          entry: entryNumber(),
        },
        'NameInTime',
      ),
    ),
    dissolved: nullable(
      object(
        {
          effective: dateShape,
          reason: nullable(text()),
          successors: list(text(), 'The organizations that took its place.'),
          entry: entryNumber(),
          ...disputeMembers,
        },
        'Dissolution',
      ),
    ),
    entry: entryNumber(),
    ...disputeMembers,
  },
  'Organization',
);

/** What is not in the directory is in the record. */
const toReferences = ({ organization }: { readonly organization: string }): readonly ItemReference[] => [
  {
    query: 'directory',
    key: { id: organization },
    only: { organization },
    otherwise: {
      query: 'organization',
      path: { organization },
      key: { id: organization },
      isWhole: true,
    },
  },
];

const organizations = defineReadModel<OrganizationEvent>()({
  name: 'organizations',
  version: 5,
  include: [nameTables],
  tables,
  standalone: 'all',

  when: {
    OrganizationRegistered: (fact, { organizations }) => {
      const { organization, classification, partOf, founded, country, purpose, identifiers } = fact.data;
      organizations.put({
        organization,
        classification,
        part_of: partOf,
        founded,
        country,
        purpose,
        identifiers,
        entry: fact.effectiveEntry,
        disputes: getDisputes(fact),
      });
    },
    LegalStatusAcquired: (fact, { legal_statuses }) => {
      const { organization, status, grantedBy, instrument, effective } = fact.data;
      legal_statuses.put({
        organization,
        revision: fact.revision,
        status,
        granted_by: grantedBy,
        instrument,
        effective,
        entry: fact.effectiveEntry,
        disputes: getDisputes(fact),
      });
    },
    OrganizationDissolved: (fact, { dissolutions }) => {
      const { organization, effective, reason, successors } = fact.data;
      dissolutions.put({
        organization,
        effective,
        reason,
        successors,
        entry: fact.effectiveEntry,
        disputes: getDisputes(fact),
      });
    },
  },

  shownIn: {
    organizations: toReferences,
    legal_statuses: toReferences,
    dissolutions: toReferences,
    names: ({ party }: NameRow) =>
      parsePersonParty(party) === undefined ? toReferences({ organization: party }) : [],
  },

  queries: {
    directory: defineQuery(
      (view, { filters, day, languages, limit, after, only }: QueryRequest) => {
        const where = createFilterConditions(filters, {
          partOf: 'o.part_of = @partOf',
          classification: isWordOrNotSaidSql('o.classification', 'classification'),
          q: `EXISTS (SELECT 1 FROM ${view.table('names')} s WHERE s.party = o.organization AND instr(s.folded, @q))`,
        });
        const found = paginate<OrganizationListRow>(view, {
          sql: `SELECT o.organization, o.classification, o.part_of, n.name, n.names, n.abbreviation
            FROM ${view.table('organizations')} o
            JOIN ${nameOnDaySql(view, 'n', 'o.organization')}
            ${where}`,
          parameters: { ...filters, day, q: foldText(filters['q'] ?? '') },
          order: ['organization'],
          after,
          only,
          limit,
        });
        return { ...found, items: found.items.map((item) => toOrganizationItem(item, languages)) };
      },
      { scan: true, item: organizationItemShape },
    ),

    organization: defineQuery(
      (view, { path, day, languages }: QueryRequest) => {
        const parameters = { organization: path['organization'] ?? '' };
        const found = view.get<OrganizationRow & OrganizationListRow>(
          `SELECT o.*, n.name, n.names, n.abbreviation FROM ${view.table('organizations')} o
          JOIN ${nameOnDaySql(view, 'n', 'o.organization')}
          WHERE o.organization = @organization`,
          { ...parameters, day },
        );
        if (!found) return undefined;
        const dissolved = view.get<Row<typeof tables.dissolutions>>(
          `SELECT * FROM ${view.table('dissolutions')} WHERE organization = @organization`,
          parameters,
        );
        return {
          ...toOrganizationItem(found, languages),
          founded: found.founded === null ? null : toDateWithBounds(found.founded),
          country: found.country,
          purpose: found.purpose,
          identifiers: found.identifiers ?? {},
          legalStatuses: view
            .all<Row<typeof tables.legal_statuses>>(
              `SELECT * FROM ${view.table('legal_statuses')} WHERE organization = @organization ORDER BY revision`,
              parameters,
            )
            .map(({ status, granted_by, instrument, effective, entry, disputes }) => ({
              status,
              grantedBy: granted_by,
              effective: toDateWithBounds(effective),
              ...(instrument && { instrument }),
              entry,
              ...toDisputeFields(disputes),
            })),
          bodies: view
            .all<OrganizationRow>(
              `SELECT organization FROM ${view.table('organizations')} WHERE part_of = @organization ORDER BY organization`,
              parameters,
            )
            .map(({ organization }) => organization),
          names: view
            .all<
              LocalizedName & {
                name: string;
                abbreviation: string | null;
                effective: string | null;
                from_entry: number;
              }
            >(
              `SELECT * FROM ${view.table('names')} WHERE party = @organization ORDER BY certain_from, revision`,
              parameters,
            )
            .map(({ name, names, abbreviation, effective, from_entry }) => ({
              name,
              abbreviation,
              names: names ?? {},
              effective: effective === null ? null : toDateWithBounds(effective),
              entry: from_entry,
            })),
          dissolved: dissolved
            ? {
                effective: toDateWithBounds(dissolved.effective),
                reason: dissolved.reason,
                successors: dissolved.successors ?? [],
                entry: dissolved.entry,
                ...toDisputeFields(dissolved.disputes),
              }
            : null,
          entry: found.entry,
          ...toDisputeFields(found.disputes),
        };
      },
      { record: organizationShape },
    ),
  },
});

const toOrganizationItem = (found: OrganizationListRow, languages: readonly string[]) => ({
  id: found.organization,
  name: selectName(languages, found),
  abbreviation: found.abbreviation,
  classification: found.classification,
  partOf: found.part_of,
});

export default publishReadModel(organizations, [
  {
    path: '/organizations',
    about: 'The directory of organizations, by id.',
    query: 'directory',
    list: true,
    day: 'on',
    names: true,
    filters: {
      partOf: { kind: 'text', about: 'Only the bodies of this organization.' },
      classification: {
        kind: 'one-of',
        values: [...ORGANIZATION_CLASSIFICATIONS, NOT_SAID],
        about: 'Only organizations of this kind; none: of those that name no kind.',
      },
      q: {
        kind: 'text',
        about: 'Only organizations one of whose names, past or present, contains this text.',
      },
    },
  },
  {
    path: '/organizations/:organization',
    about: 'One organization with its names in time, its bodies and its legal status.',
    query: 'organization',
    list: false,
    day: 'on',
    names: true,
  },
]);
