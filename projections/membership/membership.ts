// Who belongs to whom on a day, as the book knew it at an entry.
import { bounds, dateInTime } from '../../src/dates/edtf.js';
import type { MembershipEvent } from '../../src/domain/membership/events.js';
import { tenures } from '../../src/domain/membership/timeline.js';
import type { Fact } from '../../src/eventsourcing/effective-history.js';
import {
  json,
  nullableJson,
  page,
  query,
  readModel,
  type RowsOf,
  table,
  type View,
} from '../../src/read-models/read-model.js';
import { type Asked, published } from '../../src/read-models/route.js';
import { type Dispute, disputesOf, marked } from '../names/disputes.js';
import { isKnown, nameIn, type Named, nameOn, names } from '../names/names.js';

/** From a fact to the fact that ended it, if one did: the words of both, their bounds and their entries. */
const span = {
  since: 'text',
  since_earliest: 'text?',
  since_latest: 'text?',
  since_entry: 'integer',
  until: 'text?',
  until_earliest: 'text?',
  until_latest: 'text?',
  until_entry: 'integer?',
} as const;

const tables = {
  facts: table({
    columns: {
      revision: 'integer',
      entry: 'integer',
      fact: json<MembershipEvent>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['revision'],
  }),
  tenures: table({
    columns: {
      organization: 'text',
      member: 'text',
      /** Counts a member's stays from 0, in the order of its timeline. */
      n: 'integer',
      ...span,
      end_reason: 'text?',
      disputes: nullableJson<readonly Dispute[]>(),
      end_disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['organization', 'member', 'n'],
    indexes: [
      ['organization', 'member'],
      ['member', 'organization'],
    ],
  }),
  suspensions: table({
    columns: {
      organization: 'text',
      member: 'text',
      n: 'integer',
      /** Counts the suspensions of one stay. */
      m: 'integer',
      ...span,
      by: 'text',
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['organization', 'member', 'n', 'm'],
    indexes: [['organization', 'member', 'n']],
  }),
};

type Dated = MembershipEvent & { readonly entry: number; readonly disputes: readonly Dispute[] | null };

/** Any new fact may move the whole timeline, so it is drawn again; what stays the same makes no new version. */
function redraw(fact: Fact<MembershipEvent>, rows: RowsOf<typeof tables>): void {
  const { type, data, revision, saidAt } = fact;
  rows.facts.put({
    revision,
    entry: saidAt,
    fact: { type, data } as MembershipEvent,
    disputes: disputesOf(fact as Fact),
  });
  const facts = rows.facts.all().map(({ fact, entry, disputes }): Dated => ({ ...fact, entry, disputes }));
  const { organization, member } = data;
  const stays = tenures(facts);
  for (const stay of rows.tenures.all()) if (stay.n >= stays.length) rows.tenures.delete(stay);
  for (const each of rows.suspensions.all())
    if (each.m >= (stays[each.n]?.suspensions.length ?? 0)) rows.suspensions.delete(each);
  for (const [n, { joined, ended, suspensions }] of stays.entries()) {
    rows.tenures.put({
      organization,
      member,
      n,
      ...spanned(joined, ended),
      end_reason: ended?.data.reason,
      disputes: joined.disputes,
      end_disputes: ended?.disputes,
    });
    for (const [m, { suspended, resumed }] of suspensions.entries())
      rows.suspensions.put({
        organization,
        member,
        n,
        m,
        ...spanned(suspended, resumed ?? ended),
        by: suspended.data.by,
        disputes: suspended.disputes,
      });
  }
}

function spanned(first: Dated, last: Dated | undefined) {
  const begun = bounds(first.data.effective);
  const over = last && bounds(last.data.effective);
  return {
    since: first.data.effective,
    since_earliest: begun.earliest,
    since_latest: begun.latest,
    since_entry: first.entry,
    until: last?.data.effective,
    until_earliest: over?.earliest,
    until_latest: over?.latest,
    until_entry: last?.entry,
  };
}

/** SQL: whether a span lasts for certain on `@day`, and whether it may. Half-open: over on the day of its end. */
const certain = (t: string): string =>
  `(${t}.since_latest <= @day AND (${t}.until IS NULL OR @day < ${t}.until_earliest)) IS TRUE`;
const possible = (t: string): string =>
  `(${t}.since_earliest IS NULL OR ${t}.since_earliest <= @day) AND (${t}.until IS NULL OR ${t}.until_latest IS NULL OR @day < ${t}.until_latest)`;

type OnDay = Named & {
  readonly id: string;
  readonly since: string;
  readonly since_entry: number;
  readonly is_certain: number;
  readonly disputes: readonly Dispute[] | null;
  readonly suspended_entry: number | null;
  readonly suspended_disputes: readonly Dispute[] | null;
};

/** The other ends of the memberships of `whose` that meet a day: of two stays the certain one, else the later one. */
function onDay(view: View, whose: 'organization' | 'member', { path, day, languages, limit, after }: Asked) {
  const id = path['organization'] ?? '';
  if (!isKnown(view, id)) return undefined;
  const other = whose === 'organization' ? 'member' : 'organization';
  const named = view.at('organization_names');
  const found = page<OnDay>(view, {
    sql: `SELECT b.${other} AS id, b.since, b.since_entry, b.is_certain, b.disputes, n.name, n.names,
        s.since_entry AS suspended_entry, s.disputes AS suspended_disputes
      FROM (
        SELECT t.*, ${certain('t')} AS is_certain,
          row_number() OVER (PARTITION BY t.organization, t.member ORDER BY ${certain('t')} DESC, t.n DESC) AS choice
        FROM ${view.at('tenures')} t WHERE t.${whose} = @id AND ${possible('t')}
      ) b
      LEFT JOIN ${named} n ON n.row = ${nameOn(named, `b.${other}`)}
      LEFT JOIN ${view.at('suspensions')} s
        ON s.organization = b.organization AND s.member = b.member AND s.n = b.n AND ${certain('s')}
      WHERE b.choice = 1`,
    parameters: { id, day },
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
      certainty: row.is_certain === 1 ? 'certain' : 'possible',
      entries: row.suspended_entry === null ? [row.since_entry] : [row.since_entry, row.suspended_entry],
      ...marked(row.disputes, row.suspended_disputes),
    })),
  };
}

type Span = {
  readonly since: string;
  readonly since_entry: number;
  readonly until: string | null;
  readonly until_entry: number | null;
};
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

const fromTo = ({ since, until }: Span) => ({
  from: dateInTime(since),
  to: until === null ? null : dateInTime(until),
});

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

const membership = readModel<MembershipEvent>()({
  name: 'membership',
  version: 1,
  include: [names],
  tables,
  when: {
    MemberJoined: redraw,
    MembershipEnded: redraw,
    ParticipationSuspended: redraw,
    ParticipationResumed: redraw,
  },
  queries: {
    members: query((view, asked: Asked) => onDay(view, 'organization', asked)),
    memberships: query((view, asked: Asked) => onDay(view, 'member', asked)),
    history: query(
      (view, { path, day, languages, limit, after }: Asked) => {
        const organization = path['organization'] ?? '';
        if (!isKnown(view, organization)) return undefined;
        const named = view.at('organization_names');
        const found = page<Named & { readonly member: string }>(view, {
          sql: `SELECT t.member, n.name, n.names
            FROM (SELECT DISTINCT member FROM ${view.at('tenures')} WHERE organization = @organization) t
            LEFT JOIN ${named} n ON n.row = ${nameOn(named, 't.member')}`,
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
]);
