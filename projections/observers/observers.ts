// Who may sit in with whom on a day, both ways round.
import { dateInTime } from '../../src/dates/edtf.js';
import type { ObservershipEvent, ObserverStatusGranted } from '../../src/domain/observership/events.js';
import { judgeTimeline, observations } from '../../src/domain/observership/timeline.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import {
  json,
  nullableJson,
  page,
  query,
  readModel,
  type RowsOf,
  table,
  type View,
} from '../../src/read-models/declaration/read-model.js';
import { type Asked, published } from '../../src/read-models/declaration/route.js';
import { tenures } from '../_shared/membership-tables.js';
import { certaintyOf, certainOn, possibleOn, spanColumns, spanOf } from '../_shared/time-spans.js';
import { type Dispute, disputesOf, marked } from '../_shared/disputes.js';
import { isKnown, nameIn, type Named, nameOn, names } from '../_shared/names.js';

const tables = {
  observer_facts: table({
    columns: {
      revision: 'integer',
      entry: 'integer',
      fact: json<ObservershipEvent>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['revision'],
  }),
  observations: table({
    columns: {
      organization: 'text',
      observer: 'text',
      /** Counts the times that it was an observer, from 0. */
      n: 'integer',
      kind: 'text',
      granted_by: 'text?',
      ...spanColumns,
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['organization', 'observer', 'n'],
    indexes: [
      ['organization', 'observer'],
      ['observer', 'organization'],
    ],
  }),
};

type Dated = ObservershipEvent & { readonly entry: number; readonly disputes: readonly Dispute[] | null };

/** Any new fact may move the whole timeline, so it is drawn again. */
function redraw(fact: Fact<ObservershipEvent>, rows: RowsOf<typeof tables>): void {
  const { type, data, revision, saidAt } = fact;
  rows.observer_facts.put({
    revision,
    entry: saidAt,
    fact: { type, data } as ObservershipEvent,
    disputes: disputesOf(fact),
  });
  const facts = rows.observer_facts
    .all()
    .map(({ fact, entry, disputes }): Dated => ({ ...fact, entry, disputes }));
  // In a group, or after a correction, the first facts may be legal only with those that follow: these draw.
  if (judgeTimeline(facts)) return;
  const found = observations(facts);
  for (const row of rows.observations.all()) if (row.n >= found.length) rows.observations.delete(row);
  for (const [n, { begun, ended }] of found.entries()) {
    const { organization, observer, kind, grantedBy } = begun.data as ObserverStatusGranted['data'];
    rows.observations.put({
      organization,
      observer,
      n,
      kind,
      granted_by: grantedBy,
      ...spanOf(begun, ended),
      disputes: begun.disputes,
    });
  }
}

type OnDay = Named & {
  readonly id: string;
  readonly kind: string;
  readonly granted_by: string | null;
  readonly since: string;
  readonly since_entry: number;
  readonly is_certain: number;
  readonly is_member: number;
  readonly disputes: readonly Dispute[] | null;
};

/** The other ends of a party's observerships that meet a day: of two times the certain one, else the later one. */
function onDay(
  view: View,
  whose: 'organization' | 'observer',
  { path, day, languages, limit, after }: Asked,
) {
  const id = path['organization'] ?? '';
  if (!isKnown(view, id)) return undefined;
  const other = whose === 'organization' ? 'observer' : 'organization';
  const found = page<OnDay>(view, {
    sql: `SELECT b.${other} AS id, b.kind, b.granted_by, b.since, b.since_entry, b.is_certain, b.disputes, n.name, n.names,
        EXISTS (SELECT 1 FROM ${view.at('tenures')} t
          WHERE t.organization = b.organization AND t.member = b.observer AND ${certainOn('t')}) AS is_member
      FROM (
        SELECT o.*, ${certainOn('o')} AS is_certain,
          row_number() OVER (PARTITION BY o.organization, o.observer ORDER BY ${certainOn('o')} DESC, o.n DESC) AS choice
        FROM ${view.at('observations')} o WHERE o.${whose} = @id AND ${possibleOn('o')}
      ) b
      LEFT JOIN ${view.at('names')} n ON n.row = ${nameOn(view, `b.${other}`)}
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
      kind: row.kind,
      since: dateInTime(row.since),
      grantedBy: row.granted_by,
      certainty: certaintyOf(row.is_certain),
      entries: [row.since_entry],
      // A member needs no other seat: the book keeps both facts and says that they collide.
      ...(row.is_certain === 1 && row.is_member === 1 && { conflict: true }),
      ...marked(row.disputes),
    })),
  };
}

const observers = readModel<ObservershipEvent>()({
  name: 'observers',
  version: 1,
  include: [names, tenures],
  tables,
  when: { ObserverStatusGranted: redraw, ObserverStatusEnded: redraw },
  queries: {
    observers: query((view, asked: Asked) => onDay(view, 'organization', asked)),
    observes: query((view, asked: Asked) => onDay(view, 'observer', asked)),
  },
});

export default published(observers, [
  {
    path: '/organizations/:organization/observers',
    about: 'Who may sit in with it on a day.',
    query: 'observers',
    list: true,
    day: 'on',
    names: true,
  },
  {
    path: '/organizations/:organization/observes',
    about: 'Where it may sit in on a day.',
    query: 'observes',
    list: true,
    day: 'on',
    names: true,
  },
]);
