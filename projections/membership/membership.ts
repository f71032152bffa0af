// Who belongs to whom on a day, as the book knew it at an entry.
import { dateInTime } from '../../src/dates/edtf.js';
import { page, query, readModel, type View } from '../../src/read-models/declaration/read-model.js';
import { type Asked, published } from '../../src/read-models/declaration/route.js';
import { certaintyOf, certainOn, fromTo, possibleOn, type Span } from '../_shared/time-spans.js';
import { type Dispute, marked } from '../_shared/disputes.js';
import { isKnown, nameIn, type Named, nameOn, names, personParty } from '../_shared/names.js';
import { tenures } from '../_shared/membership-tables.js';

type OnDay = Named & {
  readonly id: string;
  readonly since: string;
  readonly since_entry: number;
  readonly is_certain: number;
  readonly disputes: readonly Dispute[] | null;
  readonly suspended_entry: number | null;
  readonly suspended_disputes: readonly Dispute[] | null;
};

/** The other ends of a party's memberships that meet a day: of two stays the certain one, else the later one. */
function onDay(
  view: View,
  whose: 'organization' | 'member',
  party: string,
  { day, languages, limit, after }: Asked,
) {
  if (!isKnown(view, party)) return undefined;
  const other = whose === 'organization' ? 'member' : 'organization';
  const found = page<OnDay>(view, {
    sql: `SELECT b.${other} AS id, b.since, b.since_entry, b.is_certain, b.disputes, n.name, n.names,
        s.since_entry AS suspended_entry, s.disputes AS suspended_disputes
      FROM (
        SELECT t.*, ${certainOn('t')} AS is_certain,
          row_number() OVER (PARTITION BY t.organization, t.member ORDER BY ${certainOn('t')} DESC, t.n DESC) AS choice
        FROM ${view.at('tenures')} t WHERE t.${whose} = @party AND ${possibleOn('t')}
      ) b
      LEFT JOIN ${view.at('names')} n ON n.row = ${nameOn(view, `b.${other}`)}
      LEFT JOIN ${view.at('suspensions')} s
        ON s.organization = b.organization AND s.member = b.member AND s.n = b.n AND ${certainOn('s')}
      WHERE b.choice = 1`,
    parameters: { party, day },
    order: ['id'],
    after,
    limit,
  });
  return {
    ...found,
    items: found.items.map((row) => ({
      [other]: row.id,
      name: nameIn(languages, row),
      since: dateInTime(row.since),
      participation: row.suspended_entry === null ? 'active' : 'suspended',
      certainty: certaintyOf(row.is_certain),
      entries: row.suspended_entry === null ? [row.since_entry] : [row.since_entry, row.suspended_entry],
      ...marked(row.disputes, row.suspended_disputes),
    })),
  };
}

type Stay = Span & {
  readonly n: number;
  readonly end_reason: string | null;
  readonly disputes: readonly Dispute[] | null;
  readonly end_disputes: readonly Dispute[] | null;
};
type Suspension = Span & {
  readonly n: number;
  readonly by: string;
  readonly disputes: readonly Dispute[] | null;
};

/** Every stay of one member, with what became of its participation. */
function history(view: View, organization: string, member: string) {
  const of = 'WHERE organization = @organization AND member = @member';
  const parameters = { organization, member };
  const suspensions = view.all<Suspension>(
    `SELECT * FROM ${view.at('suspensions')} ${of} ORDER BY n, m`,
    parameters,
  );
  return view.all<Stay>(`SELECT * FROM ${view.at('tenures')} ${of} ORDER BY n`, parameters).map((stay) => {
    const within = suspensions.filter(({ n }) => n === stay.n);
    const entries = [stay, ...within].flatMap(({ since_entry, until_entry }) =>
      [since_entry, until_entry ?? []].flat(),
    );
    return {
      ...fromTo(stay),
      endReason: stay.end_reason,
      participation: within.map((each) => ({ ...fromTo(each), by: each.by, ...marked(each.disputes) })),
      entries: [...new Set(entries)].sort((a, b) => a - b),
      ...marked(stay.disputes, stay.end_disputes),
    };
  });
}

const membership = readModel()({
  name: 'membership',
  version: 1,
  include: [names, tenures],
  tables: {},
  when: {},
  queries: {
    members: query((view, asked: Asked) =>
      onDay(view, 'organization', asked.path['organization'] ?? '', asked),
    ),
    memberships: query((view, asked: Asked) =>
      onDay(view, 'member', asked.path['organization'] ?? '', asked),
    ),
    personMemberships: query((view, asked: Asked) =>
      onDay(view, 'member', personParty(asked.path['person'] ?? ''), asked),
    ),
    history: query(
      (view, { path, day, languages, limit, after }: Asked) => {
        const organization = path['organization'] ?? '';
        if (!isKnown(view, organization)) return undefined;
        const found = page<Named & { readonly member: string }>(view, {
          sql: `SELECT t.member, n.name, n.names
            FROM (SELECT DISTINCT member FROM ${view.at('tenures')} WHERE organization = @organization) t
            LEFT JOIN ${view.at('names')} n ON n.row = ${nameOn(view, 't.member')}`,
          parameters: { organization, day },
          order: ['member'],
          after,
          limit,
        });
        return {
          ...found,
          items: found.items.map((row) => ({
            member: row.member,
            name: nameIn(languages, row),
            intervals: history(view, organization, row.member),
          })),
        };
      },
      { scan: true },
    ),
  },
});

export default published(membership, [
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
