// People, and who held which office on a day.
import { dateInTime } from '../../src/dates/edtf.js';
import type { OfficeEvent, PersonEvent } from '../../src/domain/person/events.js';
import { byOffice, judgeTimeline, tenures } from '../../src/domain/person/timeline.js';
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
import {
  certaintyOf,
  certainOn,
  dateOrNull,
  possibleOn,
  type Span,
  spanColumns,
  spanOf,
} from '../_shared/time-spans.js';
import { type Dispute, disputesOf, marked } from '../_shared/disputes.js';
import { folded, isKnown, nameIn, type Named, nameOn, names, personParty } from '../_shared/names.js';

const tables = {
  people: table({
    columns: {
      person: 'text',
      identifiers: nullableJson<{ readonly [scheme: string]: string }>(),
      entry: 'integer',
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['person'],
    indexes: [['person']],
  }),
  office_facts: table({
    columns: {
      revision: 'integer',
      entry: 'integer',
      fact: json<OfficeEvent>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['revision'],
  }),
  offices: table({
    columns: {
      person: 'text',
      organization: 'text',
      office: 'text',
      /** Counts the times that the person held this office, from 0. */
      n: 'integer',
      ...spanColumns,
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['organization', 'office', 'n'],
    indexes: [['person'], ['organization']],
  }),
};

type Dated = OfficeEvent & { readonly entry: number; readonly disputes: readonly Dispute[] | null };

/** Any new fact may move the timeline of its office, so it is drawn again. */
function redraw(fact: Fact<OfficeEvent>, rows: RowsOf<typeof tables>): void {
  const { type, data, revision, saidAt } = fact;
  rows.office_facts.put({
    revision,
    entry: saidAt,
    fact: { type, data },
    disputes: disputesOf(fact),
  });
  const facts = rows.office_facts
    .all()
    .map(({ fact, entry, disputes }): Dated => ({ ...fact, entry, disputes }));
  const { person, organization, office } = data;
  const same =
    byOffice(facts).find(
      ([first]) => first?.data.organization === organization && first.data.office === office,
    ) ?? [];
  // In a group, or after a correction, the first facts may be legal only with those that follow: these draw.
  if (judgeTimeline(same)) return;
  const held = tenures(same);
  for (const row of rows.offices.all())
    if (row.organization === organization && row.office === office && row.n >= held.length)
      rows.offices.delete(row);
  for (const [n, { begun, ended }] of held.entries())
    rows.offices.put({
      person,
      organization,
      office,
      n,
      ...spanOf(begun, ended),
      disputes: [...(begun.disputes ?? []), ...(ended?.disputes ?? [])],
    });
}

type Held = Span & {
  readonly person: string;
  readonly organization: string;
  readonly office: string;
  readonly n: number;
  readonly is_certain: number;
  readonly disputes: readonly Dispute[];
  readonly person_name: string | null;
  readonly person_names: Named['names'];
  readonly organization_name: string | null;
  readonly organization_names: Named['names'];
};

/** The offices of a person, or of an organization, that meet a day: of two times in one the certain one, else the later. */
function onDay(view: View, whose: 'person' | 'organization', { path, day, languages, limit, after }: Asked) {
  const id = path[whose] ?? '';
  if (!isKnown(view, whose === 'person' ? personParty(id) : id)) return undefined;
  const found = page<Held>(view, {
    sql: `SELECT o.person, o.organization, o.office, o.n, o.since, o.since_entry, o.until, o.until_entry, o.disputes,
        o.is_certain,
        p.name AS person_name, p.names AS person_names, g.name AS organization_name, g.names AS organization_names
      FROM (
        SELECT t.*, ${certainOn('t')} AS is_certain,
          row_number() OVER (PARTITION BY t.person, t.organization, t.office ORDER BY ${certainOn('t')} DESC, t.n DESC) AS choice
        FROM ${view.at('offices')} t WHERE t.${whose} = @id AND ${possibleOn('t')}
      ) o
      LEFT JOIN ${view.at('names')} p ON p.row = ${nameOn(view, `'person:' || o.person`)}
      LEFT JOIN ${view.at('names')} g ON g.row = ${nameOn(view, 'o.organization')}
      WHERE o.choice = 1`,
    parameters: { id, day },
    order: ['organization', 'office', 'person', 'n'],
    after,
    limit,
  });
  return {
    ...found,
    items: found.items.map((row) => ({
      office: row.office,
      person: row.person,
      personName: nameIn(languages, { name: row.person_name, names: row.person_names }),
      organization: row.organization,
      organizationName: nameIn(languages, { name: row.organization_name, names: row.organization_names }),
      since: dateInTime(row.since),
      until: dateOrNull(row.until),
      certainty: certaintyOf(row.is_certain),
      entries: [row.since_entry, row.until_entry ?? []].flat(),
      ...marked(row.disputes),
    })),
  };
}

const offices = readModel<PersonEvent>()({
  name: 'offices',
  version: 1,
  include: [names],
  tables,
  when: {
    PersonRegistered: (fact, { people }) =>
      people.put({
        person: fact.data.person,
        identifiers: fact.data.identifiers,
        entry: fact.saidAt,
        disputes: disputesOf(fact),
      }),
    OfficeAssumed: redraw,
    OfficeLeft: redraw,
  },
  queries: {
    people: query(
      (view, { filters, day, languages, limit, after }: Asked) => {
        const { q } = filters;
        const found = page<Named & { readonly person: string }>(view, {
          sql: `SELECT p.person, n.name, n.names FROM ${view.at('people')} p
            JOIN ${view.at('names')} n ON n.row = ${nameOn(view, `'person:' || p.person`)}
            ${q === undefined ? '' : 'WHERE instr(n.folded, @q)'}`,
          parameters: { day, ...(q !== undefined && { q: folded(q) }) },
          order: ['person'],
          after,
          limit,
        });
        return {
          ...found,
          items: found.items.map((row) => ({ id: row.person, name: nameIn(languages, row) })),
        };
      },
      { scan: true },
    ),
    person: query((view, { path, day, languages }: Asked) => {
      const found = view.get<
        Named & {
          readonly person: string;
          readonly identifiers: { readonly [scheme: string]: string } | null;
          readonly entry: number;
          readonly disputes: readonly Dispute[] | null;
        }
      >(
        `SELECT p.person, p.identifiers, p.entry, p.disputes, n.name, n.names FROM ${view.at('people')} p
          JOIN ${view.at('names')} n ON n.row = ${nameOn(view, `'person:' || p.person`)} WHERE p.person = @person`,
        { person: path['person'] ?? '', day },
      );
      return (
        found && {
          id: found.person,
          name: nameIn(languages, found),
          names: found.names ?? {},
          identifiers: found.identifiers ?? {},
          entry: found.entry,
          ...marked(found.disputes),
        }
      );
    }),
    ofPerson: query((view, asked: Asked) => onDay(view, 'person', asked)),
    ofOrganization: query((view, asked: Asked) => onDay(view, 'organization', asked)),
  },
});

export default published(offices, [
  {
    path: '/people',
    about: 'The people that the book knows, by id.',
    query: 'people',
    list: true,
    day: 'on',
    names: true,
    filters: { q: { kind: 'text', about: 'Only people one of whose names holds this text.' } },
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
