// People, and the offices that they hold on a day.
import { toDateWithBounds } from '../../src/dates/edtf.js';
import {
  type OfficeEvent,
  type PersonEvent,
  getOfficeKey,
  officeTimeline,
} from '../../src/domain/person/person.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import type { ItemReference } from '../../src/read-models/declaration/item-reference.js';
import { paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import {
  nullableJson,
  type Row,
  type RowStores,
  defineTable,
} from '../../src/read-models/declaration/table.js';
import { entryNumber, nullable, object, text } from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { foldText } from '../../src/read-models/declaration/search-text.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import {
  certaintyShape,
  dateShape,
  disputeMembers,
  entriesShape,
  identifiersShape,
  nameShape,
  namesShape,
} from '../_shared/answer-shapes.js';
import {
  type DissolvedRow,
  dissolutionTables,
  findDissolution,
  listRelationsOf,
  periodsWithDissolutionSql,
} from '../_shared/dissolutions.js';
import { createFilterConditions } from '../_shared/filters.js';
import {
  toCertainty,
  toDateOrNull,
  listPeriodChangeDays,
  selectPeriodEnd,
  PERIOD_COLUMNS,
  periodsOnDaySql,
  toPeriodColumns,
} from '../_shared/periods.js';
import {
  defineTimelineEvents,
  updatePeriods,
  type TimelineEvent,
  toTimelineEvent,
  ruleBreakingEvents,
} from '../_shared/timelines.js';
import { type Dispute, getDisputes, limitDisputes, toDisputeFields } from '../_shared/disputes.js';
import {
  isKnownParty,
  type NameRow,
  parsePersonParty,
  selectName,
  type LocalizedName,
  nameOnDaySql,
  nameTables,
  formatPersonParty,
} from '../_shared/names.js';

const tables = {
  people: defineTable({
    columns: {
      person: 'text',
      identifiers: nullableJson<{ readonly [scheme: string]: string }>(),
      entry: 'integer',
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['person'],
    indexes: [['person']],
  }),
  office_facts: defineTimelineEvents<OfficeEvent>(),
  unsorted_office_facts: ruleBreakingEvents,
  offices: defineTable({
    columns: {
      person: 'text',
      organization: 'text',
      office: 'text',
      ...PERIOD_COLUMNS,
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['position'],
    indexes: [['person'], ['organization']],
  }),
};

type PersonRow = Row<typeof tables.people>;
type OfficeRow = Row<typeof tables.offices>;

const toOffice = (begun: TimelineEvent<OfficeEvent>, ended?: TimelineEvent<OfficeEvent>): OfficeRow => {
  const { person, organization, office } = begun.data;
  return {
    person,
    organization,
    office,
    ...toPeriodColumns(begun, ended),
    disputes: limitDisputes([...(begun.disputes ?? []), ...(ended?.disputes ?? [])]),
  };
};

/** There is one timeline for each office of a person. */
const timeline = { getTimeline: getOfficeKey, rules: officeTimeline.rules };

const keep = (fact: Fact<OfficeEvent>, { office_facts }: RowStores<typeof tables>): void =>
  office_facts.put(toTimelineEvent(fact, timeline));

const isOfficeEvent = (fact: Fact<PersonEvent>): fact is Fact<OfficeEvent> =>
  fact.type !== 'PersonRegistered';

type NamedOfficeRow = OfficeRow & {
  readonly is_certain: number;
  readonly person_name: string | null;
  readonly person_names: LocalizedName['names'];
  readonly organization_name: string | null;
  readonly organization_names: LocalizedName['names'];
};

/** The offices of a person, or of an organization, on a day: of two terms the certain one, else the later one. */
function findOfficesOnDay(
  view: View,
  whose: 'person' | 'organization',
  { path, day, languages, limit, after, only }: QueryRequest,
) {
  const id = path[whose] ?? '';
  if (!isKnownParty(view, whose === 'person' ? formatPersonParty(id) : id)) return undefined;
  const found = paginate<NamedOfficeRow>(view, {
    sql: `SELECT o.person, o.organization, o.office, o.since, o.since_entry, o.until, o.until_latest, o.until_entry, o.disputes,
        o.is_certain,
        p.name AS person_name, p.names AS person_names, g.name AS organization_name, g.names AS organization_names
      FROM ${periodsOnDaySql(periodsWithDissolutionSql(view, 'offices', `'person:' || s.person`, `s.${whose} = @id`), 't.person, t.organization, t.office')} o
      LEFT JOIN ${nameOnDaySql(view, 'p', `'person:' || o.person`)}
      LEFT JOIN ${nameOnDaySql(view, 'g', 'o.organization')}`,
    parameters: { id, day },
    order: ['organization', 'office', 'person'],
    after,
    only,
    limit,
  });
  return {
    ...found,
    items: found.items.map((row) => ({
      office: row.office,
      person: row.person,
      personName: selectName(languages, { name: row.person_name, names: row.person_names }),
      organization: row.organization,
      organizationName: selectName(languages, { name: row.organization_name, names: row.organization_names }),
      since: toDateWithBounds(row.since),
      until: toDateOrNull(
        selectPeriodEnd(row, findDissolution(view, row.organization, formatPersonParty(row.person))),
      ),
      certainty: toCertainty(row.is_certain),
      entries: [row.since_entry, row.until_entry ?? []].flat(),
      ...toDisputeFields(row.disputes),
    })),
  };
}

const officeShape = object(
  {
    office: text(),
    person: text(),
    personName: nameShape,
    organization: text(),
    organizationName: nameShape,
    since: dateShape,
    until: nullable(dateShape),
    certainty: certaintyShape,
    entries: entriesShape,
    ...disputeMembers,
  },
  'Office',
);
const personItemShape = object({ id: text(), name: nameShape }, 'PersonItem');
const personShape = object(
  {
    id: text(),
    name: nameShape,
    names: namesShape,
    identifiers: identifiersShape,
    entry: entryNumber(),
    ...disputeMembers,
  },
  'Person',
);

/** What is not in the list is in the record. */
const toPersonReference = (person: string): ItemReference => ({
  query: 'people',
  key: { id: person },
  only: { person },
  otherwise: { query: 'person', path: { person }, key: { id: person }, isWhole: true },
});

/** `days`: those on which something else than the office ends it. */
const toOfficeReference = (
  { person, organization, office, ...span }: OfficeRow,
  days: readonly (string | null)[],
): ItemReference => ({
  query: 'ofPerson',
  path: { person },
  key: { organization, office },
  days: [...listPeriodChangeDays(span), ...days],
});

const toReferencesOfOrganization = (
  { organization, earliest = null, latest = null }: DissolvedRow,
  view: View,
): readonly ItemReference[] =>
  listRelationsOf<OfficeRow>(view, 'offices', `'person:' || s.person`, organization).map((row) =>
    toOfficeReference(row, [earliest, latest]),
  );

const offices = defineReadModel<PersonEvent>()({
  name: 'offices',
  version: 4,
  include: [nameTables, dissolutionTables],
  tables,
  when: {
    PersonRegistered: (fact, { people }) =>
      people.put({
        person: fact.data.person,
        identifiers: fact.data.identifiers,
        entry: fact.effectiveEntry,
        disputes: getDisputes(fact),
      }),
    OfficeAssumed: keep,
    OfficeLeft: keep,
  },
  standalone: 'all',
  deriveRows: ({ removed, added }, rows) =>
    updatePeriods(
      { removed: removed.filter(isOfficeEvent), added: added.filter(isOfficeEvent) },
      { events: rows.office_facts, unsorted: rows.unsorted_office_facts },
      [{ begins: ['OfficeAssumed'], ends: ['OfficeLeft'], rows: rows.offices, toRow: toOffice }],
      timeline,
    ),
  shownIn: {
    people: ({ person }: PersonRow) => [toPersonReference(person)],
    names: ({ party }: NameRow) => {
      const person = parsePersonParty(party);
      return person === undefined ? [] : [toPersonReference(person)];
    },
    offices: (row: OfficeRow) => [toOfficeReference(row, [])],
    dissolutions: toReferencesOfOrganization,
    parents: toReferencesOfOrganization,
  },
  queries: {
    people: defineQuery(
      (view, { filters, day, languages, limit, after, only }: QueryRequest) => {
        const found = paginate<LocalizedName & { readonly person: string }>(view, {
          sql: `SELECT p.person, n.name, n.names FROM ${view.table('people')} p
            JOIN ${nameOnDaySql(view, 'n', `'person:' || p.person`)}
            ${createFilterConditions(filters, { q: 'instr(n.folded, @q)' })}`,
          parameters: { day, q: foldText(filters['q'] ?? '') },
          order: ['person'],
          after,
          only,
          limit,
        });
        return {
          ...found,
          items: found.items.map((row) => ({ id: row.person, name: selectName(languages, row) })),
        };
      },
      { scan: true, item: personItemShape },
    ),
    person: defineQuery(
      (view, { path, day, languages }: QueryRequest) => {
        const found = view.get<LocalizedName & PersonRow>(
          `SELECT p.person, p.identifiers, p.entry, p.disputes, n.name, n.names FROM ${view.table('people')} p
          JOIN ${nameOnDaySql(view, 'n', `'person:' || p.person`)} WHERE p.person = @person`,
          { person: path['person'] ?? '', day },
        );
        return (
          found && {
            id: found.person,
            name: selectName(languages, found),
            names: found.names ?? {},
            identifiers: found.identifiers ?? {},
            entry: found.entry,
            ...toDisputeFields(found.disputes),
          }
        );
      },
      { record: personShape },
    ),
    ofPerson: defineQuery((view, request: QueryRequest) => findOfficesOnDay(view, 'person', request), {
      item: officeShape,
    }),
    ofOrganization: defineQuery(
      (view, request: QueryRequest) => findOfficesOnDay(view, 'organization', request),
      { item: officeShape },
    ),
  },
});

export default publishReadModel(offices, [
  {
    path: '/people',
    about: 'The people who are registered, by id.',
    query: 'people',
    list: true,
    day: 'on',
    names: true,
    filters: { q: { kind: 'text', about: 'Only people one of whose names contains this text.' } },
  },
  { path: '/people/:person', about: 'One person.', query: 'person', list: false, day: 'on', names: true },
  {
    path: '/people/:person/offices',
    about: 'The offices that a person holds on a day.',
    query: 'ofPerson',
    list: true,
    day: 'on',
    names: true,
  },
  {
    path: '/organizations/:organization/offices',
    about: 'Who holds which office of an organization on a day.',
    query: 'ofOrganization',
    list: true,
    day: 'on',
    names: true,
  },
]);
