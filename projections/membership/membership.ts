// Who belongs to whom on a day, as the book knew it at an entry.
import { toDateWithBounds } from '../../src/dates/edtf.js';
import type { ItemReference } from '../../src/read-models/declaration/item-reference.js';
import { paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import { toCertainty, certainOnDaySql, toPeriod, possibleOnDaySql } from '../_shared/time-spans.js';
import { type Dispute, toDisputeFields } from '../_shared/disputes.js';
import {
  isKnown,
  selectName,
  type LocalizedName,
  nameOnDaySql,
  nameTables,
  toPersonParty,
} from '../_shared/names.js';
import { membershipTables, type SuspensionRow, type TenureRow } from '../_shared/membership-tables.js';

type MemberRow = LocalizedName &
  Pick<TenureRow, 'since' | 'since_entry' | 'disputes'> & {
    readonly id: string;
    readonly is_certain: number;
    readonly suspended_entry: number | null;
    readonly suspended_disputes: readonly Dispute[] | null;
  };

/** The other ends of a party's memberships that meet a day: of two stays the certain one, else the later one. */
function findMembersOnDay(
  view: View,
  whose: 'organization' | 'member',
  party: string,
  { day, languages, limit, after, only }: QueryRequest,
) {
  if (!isKnown(view, party)) return undefined;
  const other = whose === 'organization' ? 'member' : 'organization';
  const found = paginate<MemberRow>(view, {
    sql: `SELECT b.${other} AS id, b.since, b.since_entry, b.is_certain, b.disputes, n.name, n.names,
        s.since_entry AS suspended_entry, s.disputes AS suspended_disputes
      FROM (
        SELECT t.*, ${certainOnDaySql('t')} AS is_certain,
          row_number() OVER (PARTITION BY t.organization, t.member ORDER BY ${certainOnDaySql('t')} DESC, t.n DESC) AS choice
        FROM ${view.table('tenures')} t WHERE t.${whose} = @party AND ${possibleOnDaySql('t')}
      ) b
      LEFT JOIN ${view.table('names')} n ON n.row = ${nameOnDaySql(view, `b.${other}`)}
      LEFT JOIN ${view.table('suspensions')} s
        ON s.organization = b.organization AND s.member = b.member AND s.n = b.n AND ${certainOnDaySql('s')}
      WHERE b.choice = 1`,
    parameters: { party, day },
    order: ['id'],
    after,
    only,
    limit,
  });
  return {
    ...found,
    items: found.items.map((row) => ({
      [other]: row.id,
      name: selectName(languages, row),
      since: toDateWithBounds(row.since),
      participation: row.suspended_entry === null ? 'active' : 'suspended',
      certainty: toCertainty(row.is_certain),
      entries: row.suspended_entry === null ? [row.since_entry] : [row.since_entry, row.suspended_entry],
      ...toDisputeFields(row.disputes, row.suspended_disputes),
    })),
  };
}

/** Every stay of one member, with what became of its participation. */
function listTenures(view: View, organization: string, member: string) {
  const of = 'WHERE organization = @organization AND member = @member';
  const parameters = { organization, member };
  const suspensions = view.all<SuspensionRow>(
    `SELECT * FROM ${view.table('suspensions')} ${of} ORDER BY n, m`,
    parameters,
  );
  return view
    .all<TenureRow>(`SELECT * FROM ${view.table('tenures')} ${of} ORDER BY n`, parameters)
    .map((stay) => {
      const within = suspensions.filter(({ n }) => n === stay.n);
      const entries = [stay, ...within].flatMap(({ since_entry, until_entry }) =>
        [since_entry, until_entry ?? []].flat(),
      );
      return {
        ...toPeriod(stay),
        endReason: stay.end_reason,
        participation: within.map((each) => ({
          ...toPeriod(each),
          by: each.by,
          ...toDisputeFields(each.disputes),
        })),
        entries: [...new Set(entries)].sort((a, b) => a - b),
        ...toDisputeFields(stay.disputes, stay.end_disputes),
      };
    });
}

/** Every tenure and suspension of a member is part of one item of the history. */
const toReferences = ({ organization, member }: TenureRow | SuspensionRow): readonly ItemReference[] => [
  { query: 'history', path: { organization }, key: { member } },
];

const membership = defineReadModel()({
  name: 'membership',
  version: 1,
  include: [nameTables, membershipTables],
  tables: {},
  when: {},
  shownIn: { tenures: toReferences, suspensions: toReferences },
  queries: {
    members: defineQuery((view, asked: QueryRequest) =>
      findMembersOnDay(view, 'organization', asked.path['organization'] ?? '', asked),
    ),
    memberships: defineQuery((view, asked: QueryRequest) =>
      findMembersOnDay(view, 'member', asked.path['organization'] ?? '', asked),
    ),
    personMemberships: defineQuery((view, asked: QueryRequest) =>
      findMembersOnDay(view, 'member', toPersonParty(asked.path['person'] ?? ''), asked),
    ),
    history: defineQuery(
      (view, { path, day, languages, limit, after, only }: QueryRequest) => {
        const organization = path['organization'] ?? '';
        if (!isKnown(view, organization)) return undefined;
        const found = paginate<LocalizedName & { readonly member: string }>(view, {
          sql: `SELECT t.member, n.name, n.names
            FROM (SELECT DISTINCT member FROM ${view.table('tenures')} WHERE organization = @organization) t
            LEFT JOIN ${view.table('names')} n ON n.row = ${nameOnDaySql(view, 't.member')}`,
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
      { scan: true },
    ),
  },
});

export default publishReadModel(membership, [
  {
    path: '/organizations/:organization/members',
    about: 'Who belongs to it on a day: for certain, or possibly if the dates of the facts leave it open.',
    query: 'members',
    list: true,
    day: 'on',
    names: true,
  },
  {
    path: '/organizations/:organization/memberships',
    about: 'What it belongs to on a day.',
    query: 'memberships',
    list: true,
    day: 'on',
    names: true,
  },
  {
    path: '/organizations/:organization/membership-history',
    about: 'Everybody who ever belonged to it, with every stay and every suspension.',
    query: 'history',
    list: true,
    day: 'on',
    names: true,
  },
  {
    path: '/people/:person/memberships',
    about: 'What a person belongs to on a day.',
    query: 'personMemberships',
    list: true,
    day: 'on',
    names: true,
  },
]);
