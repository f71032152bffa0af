// Memberships on a day and their history, and the parties to the treaties of organizations.
import type { ItemReference } from '../../src/read-models/declaration/item-reference.js';
import { mapPage } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import { publishReadModel, type QueryRequest } from '../../src/read-models/declaration/route.js';
import { object, text } from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { type DissolvedRow, dissolutionTables, listRelationsOf } from '../_shared/dissolutions.js';
import { membershipTables, type TenureRow } from '../_shared/membership-tables.js';
import { formatPersonParty, nameTables } from '../_shared/names.js';
import { stagesSql, type StageRow, treatyTables } from '../_shared/treaty-tables.js';
import { listPeriodChangeDays } from '../_shared/periods.js';
import { findMemberHistory, memberHistoryShape } from './member-history.js';
import { findMembersOnDay, memberFilters, membershipMembers } from './members-on-day.js';
import { findParties, partyFilters, partyShape } from './parties.js';

const memberShape = object(
  { member: text('An organization, or person:<id>.'), ...membershipMembers },
  'Member',
);
const membershipShape = object({ organization: text(), ...membershipMembers }, 'Membership');

const toMembershipItem = <Item>({ id, ...item }: { readonly id: string } & Item) => ({
  organization: id,
  ...item,
});

type MemberKey = Pick<TenureRow, 'organization' | 'member'>;

/** Whatever happened in a tenure of a member is part of one item of the history. */
const toReferences = ({ organization, member }: MemberKey): readonly ItemReference[] => [
  { query: 'history', path: { organization }, key: { member } },
];

const toReferencesOfOrganization = ({ organization }: DissolvedRow, view: View): readonly ItemReference[] =>
  listRelationsOf<TenureRow>(view, 'tenures', 's.member', organization).flatMap(toReferences);

/** The items of all that a party did: a withdrawal ends what was done before. */
const toPartyReferences = ({ organization, member }: MemberKey, view: View): readonly ItemReference[] =>
  view
    .all<StageRow>(
      `SELECT * FROM ${stagesSql(view, (t) => `${t}.organization = @organization AND ${t}.member = @member`)}`,
      { organization, member },
    )
    .map((stage) => ({
      query: 'parties',
      path: { organization },
      key: { fact: stage.fact },
      days: listPeriodChangeDays(stage),
    }));

const membership = defineReadModel()({
  name: 'membership',
  version: 4,
  include: [nameTables, membershipTables, treatyTables, dissolutionTables],
  tables: {},
  when: {},
  shownIn: {
    tenures: toReferences,
    suspensions: toReferences,
    categories: toReferences,
    voting_rights: toReferences,
    notice_facts: toReferences,
    successions: toReferences,
    dissolutions: toReferencesOfOrganization,
    parents: toReferencesOfOrganization,
    instrument_facts: toPartyReferences,
    provisional_applications: toPartyReferences,
  },
  queries: {
    members: defineQuery(
      (view, request: QueryRequest) =>
        mapPage(
          findMembersOnDay(view, 'organization', request.path['organization'] ?? '', request),
          ({ id, ...item }) => ({ member: id, ...item }),
        ),
      { item: memberShape },
    ),
    memberships: defineQuery(
      (view, request: QueryRequest) =>
        mapPage(
          findMembersOnDay(view, 'member', request.path['organization'] ?? '', request),
          toMembershipItem,
        ),
      { item: membershipShape },
    ),
    personMemberships: defineQuery(
      (view, request: QueryRequest) =>
        mapPage(
          findMembersOnDay(view, 'member', formatPersonParty(request.path['person'] ?? ''), request),
          toMembershipItem,
        ),
      { item: membershipShape },
    ),
    history: defineQuery(findMemberHistory, { scan: true, item: memberHistoryShape }),
    parties: defineQuery(findParties, { item: partyShape }),
  },
});

export default publishReadModel(membership, [
  {
    path: '/organizations/:organization/members',
    about:
      'The members of an organization on a day: certain, or possible where the dates of the events leave it open. A dissolution of the organization, of what it is a part of, or of the member ends a membership; a notice of withdrawal makes it possible only, once it has taken effect.',
    query: 'members',
    list: true,
    filters: memberFilters,
    day: 'on',
    names: true,
  },
  {
    path: '/organizations/:organization/memberships',
    about: 'The organizations that an organization is a member of on a day.',
    query: 'memberships',
    list: true,
    filters: memberFilters,
    day: 'on',
    names: true,
  },
  {
    path: '/organizations/:organization/membership-history',
    about:
      'All members that an organization ever had, with every membership and every suspension, category, voting right, notice and succession in it.',
    query: 'history',
    list: true,
    day: 'on',
    names: true,
  },
  {
    path: '/organizations/:organization/parties',
    about:
      'Who has signed or ratified the treaty of an organization on a day, or applies it provisionally: one item for each fact.',
    query: 'parties',
    list: true,
    filters: partyFilters,
    day: 'on',
    names: true,
  },
  {
    path: '/people/:person/memberships',
    about: 'The organizations that a person is a member of on a day.',
    query: 'personMemberships',
    list: true,
    filters: memberFilters,
    day: 'on',
    names: true,
  },
]);
