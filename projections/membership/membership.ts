// Memberships on a day, and their history.
import { toDateWithBounds } from '../../src/dates/edtf.js';
import type { ItemReference } from '../../src/read-models/declaration/item-reference.js';
import { mapPage, paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import { inTable, list, nullable, object, oneOf, text } from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import {
  certaintyShape,
  dateShape,
  disputeMembers,
  entriesShape,
  nameShape,
} from '../_shared/answer-shapes.js';
import { conflictMembers, toConflictFields } from '../_shared/conflicts.js';
import {
  type DissolvedRow,
  dissolutionTables,
  findDissolution,
  listRelationsOf,
  periodsWithDissolutionSql,
} from '../_shared/dissolutions.js';
import {
  toCertainty,
  certainOnDaySql,
  periodsOnDaySql,
  selectPeriodEnd,
  toPeriod,
} from '../_shared/periods.js';
import { type Dispute, toDisputeFields } from '../_shared/disputes.js';
import {
  isKnownParty,
  selectName,
  type LocalizedName,
  nameOnDaySql,
  nameTables,
  formatPersonParty,
} from '../_shared/names.js';
import {
  isSuspensionOfTenureSql,
  membershipTables,
  type SuspensionRow,
  type TenureRow,
} from '../_shared/membership-tables.js';

type MemberRow = LocalizedName &
  Pick<TenureRow, 'since' | 'since_entry' | 'disputes'> & {
    readonly id: string;
    readonly is_certain: number;
    readonly suspended_entry: number | null;
    readonly suspended_disputes: readonly Dispute[] | null;
  };

/** The members or organizations of a party on a day: of two tenures the certain one, else the later one. */
function findMembersOnDay(
  view: View,
  whose: 'organization' | 'member',
  party: string,
  { day, languages, limit, after, only }: QueryRequest,
) {
  if (!isKnownParty(view, party)) return undefined;
  const other = whose === 'organization' ? 'member' : 'organization';
  const found = paginate<MemberRow>(view, {
    sql: `SELECT b.${other} AS id, b.since, b.since_entry, b.is_certain, b.disputes, n.name, n.names,
        s.since_entry AS suspended_entry, s.disputes AS suspended_disputes
      FROM ${periodsOnDaySql(periodsWithDissolutionSql(view, 'tenures', 's.member', `s.${whose} = @party`), 't.organization, t.member')} b
      LEFT JOIN ${nameOnDaySql(view, 'n', `b.${other}`)}
      LEFT JOIN ${periodsWithDissolutionSql(view, 'suspensions', 's.member', `s.${whose} = @party`)} s
        ON s.organization = b.organization AND s.member = b.member
          AND ${isSuspensionOfTenureSql('s', 'b')} AND ${certainOnDaySql('s')}`,
    parameters: { party, day },
    order: ['id'],
    after,
    only,
    limit,
  });
  return {
    ...found,
    items: found.items.map((row) => ({
      id: row.id,
      name: selectName(languages, row),
      since: toDateWithBounds(row.since),
      participation: row.suspended_entry === null ? ('active' as const) : ('suspended' as const),
      certainty: toCertainty(row.is_certain),
      entries: row.suspended_entry === null ? [row.since_entry] : [row.since_entry, row.suspended_entry],
      ...toDisputeFields(row.disputes, row.suspended_disputes),
    })),
  };
}

const membershipMembers = {
  name: nameShape,
  since: dateShape,
  participation: oneOf(['active', 'suspended']),
  certainty: certaintyShape,
  entries: entriesShape,
  ...disputeMembers,
};
const memberShape = object(
  { member: text('An organization, or person:<id>.'), ...membershipMembers },
  'Member',
);
const membershipShape = object({ organization: text(), ...membershipMembers }, 'Membership');

const suspensionShape = object(
  { from: dateShape, to: nullable(dateShape), by: text(), ...disputeMembers },
  'Suspension',
);
const tenureShape = object(
  {
    from: dateShape,
    to: nullable(dateShape),
    endReason: nullable(text()),
    participation: list(suspensionShape, 'The suspensions.'),
    entries: entriesShape,
    ...conflictMembers,
    ...disputeMembers,
  },
  'Tenure',
);
const memberHistoryShape = object(
  {
    member: text('An organization, or person:<id>.'),
    name: nameShape,
    // One row for each interval.
    intervals: inTable(list(tenureShape), tenureShape.column),
  },
  'MemberHistory',
);

/** Whether a tenure certainly began after a dissolution had ended it. */
const beginsAfter = (
  { since_earliest }: TenureRow,
  { latest }: { readonly latest: string | null },
): boolean => latest !== null && since_earliest !== null && latest < since_earliest;

/** Whether a suspension that began after a tenure is one of it. */
const isWithin = ({ until_position }: TenureRow, suspension: SuspensionRow | undefined): boolean =>
  suspension !== undefined && (until_position === null || suspension.position < until_position);

/** Every tenure of one member, with its suspensions. */
function listTenures(view: View, organization: string, member: string) {
  const condition = 'WHERE organization = @organization AND member = @member';
  const parameters = { organization, member };
  const suspensions = view.all<SuspensionRow>(
    `SELECT * FROM ${view.table('suspensions')} ${condition} ORDER BY position`,
    parameters,
  );
  let next = 0;
  const dissolution = findDissolution(view, organization, member);
  return view
    .all<TenureRow>(`SELECT * FROM ${view.table('tenures')} ${condition} ORDER BY position`, parameters)
    .map((tenure) => {
      const first = next;
      while (isWithin(tenure, suspensions[next])) next++;
      const suspended = suspensions.slice(first, next);
      const entries = [tenure, ...suspended].flatMap(({ since_entry, until_entry }) =>
        [since_entry, until_entry ?? []].flat(),
      );
      const until = selectPeriodEnd(tenure, dissolution);
      return {
        ...toPeriod({ ...tenure, until }),
        endReason: until === tenure.until ? tenure.end_reason : (dissolution?.reason ?? null),
        participation: suspended.map((each) => ({
          ...toPeriod({ ...each, until: selectPeriodEnd(each, dissolution) }),
          by: each.by,
          ...toDisputeFields(each.disputes),
        })),
        entries: [...new Set(entries)].sort((a, b) => a - b),
        ...(dissolution && beginsAfter(tenure, dissolution) && toConflictFields(dissolution.reason)),
        ...toDisputeFields(tenure.disputes, tenure.end_disputes),
      };
    });
}

const toMembershipItem = <Item>({ id, ...item }: { readonly id: string } & Item) => ({
  organization: id,
  ...item,
});

/** Every tenure and suspension of a member is part of one item of the history. */
const toReferences = ({ organization, member }: TenureRow | SuspensionRow): readonly ItemReference[] => [
  { query: 'history', path: { organization }, key: { member } },
];

const toReferencesOfOrganization = ({ organization }: DissolvedRow, view: View): readonly ItemReference[] =>
  listRelationsOf<TenureRow>(view, 'tenures', 's.member', organization).flatMap(toReferences);

const membership = defineReadModel()({
  name: 'membership',
  version: 3,
  include: [nameTables, membershipTables, dissolutionTables],
  tables: {},
  when: {},
  shownIn: {
    tenures: toReferences,
    suspensions: toReferences,
    dissolutions: toReferencesOfOrganization,
    parents: toReferencesOfOrganization,
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
    history: defineQuery(
      (view, { path, day, languages, limit, after, only }: QueryRequest) => {
        const organization = path['organization'] ?? '';
        if (!isKnownParty(view, organization)) return undefined;
        const found = paginate<LocalizedName & { readonly member: string }>(view, {
          sql: `SELECT t.member, n.name, n.names
            FROM (SELECT DISTINCT member FROM ${view.table('tenures')} WHERE organization = @organization) t
            LEFT JOIN ${nameOnDaySql(view, 'n', 't.member')}`,
          parameters: { organization, day },
          order: ['member'],
          after,
          only,
          limit,
        });
        return {
          ...found,
          items: found.items.map((row) => ({
            member: row.member,
            name: selectName(languages, row),
            intervals: listTenures(view, organization, row.member),
          })),
        };
      },
      { scan: true, item: memberHistoryShape },
    ),
  },
});

export default publishReadModel(membership, [
  {
    path: '/organizations/:organization/members',
    about:
      'The members of an organization on a day: certain, or possible where the dates of the events leave it open. A dissolution of the organization, of what it is a part of, or of the member ends a membership.',
    query: 'members',
    list: true,
    day: 'on',
    names: true,
  },
  {
    path: '/organizations/:organization/memberships',
    about: 'The organizations that an organization is a member of on a day.',
    query: 'memberships',
    list: true,
    day: 'on',
    names: true,
  },
  {
    path: '/organizations/:organization/membership-history',
    about: 'All members that an organization ever had, with every membership and every suspension.',
    query: 'history',
    list: true,
    day: 'on',
    names: true,
  },
  {
    path: '/people/:person/memberships',
    about: 'The organizations that a person is a member of on a day.',
    query: 'personMemberships',
    list: true,
    day: 'on',
    names: true,
  },
]);
