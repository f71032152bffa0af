// Sources, with the events that cite them.
import { toDateWithBounds } from '../../src/dates/edtf.js';
import type { SourceEvent } from '../../src/domain/source/source.js';
import { type PageRequest, paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import { defineTable, type Row } from '../../src/read-models/declaration/table.js';
import {
  boolean,
  entryNumber,
  integer,
  list,
  nullable,
  object,
  serverAddress,
  text,
  type TypeOfShape,
} from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import { dateShape } from '../_shared/answer-shapes.js';
import type { Citation, Fact } from '../../src/eventsourcing/amendments.js';

const tables = {
  sources: defineTable({
    columns: {
      source: 'text',
      title: 'text',
      publisher: 'text?',
      published: 'text?',
      url: 'text?',
      language: 'text?',
      sha256: 'text?',
    },
    key: ['source'],
    indexes: [['source']],
  }),
  citations: defineTable({
    columns: {
      source: 'text',
      /** The entry that cites it. */
      entry: 'integer',
      /** Counts the citations of one entry. */
      n: 'integer',
      event: 'text',
      fact_stream: 'text',
      revision: 'integer',
      type: 'text',
      locator: 'text?',
    },
    key: ['entry', 'n'],
    indexes: [['source', 'entry', 'n']],
  }),
};

type SourceRow = Row<typeof tables.sources>;
type CitationRow = Row<typeof tables.citations>;

const sourceItemMembers = {
  id: text(),
  title: text(),
  publisher: nullable(text()),
  published: nullable(dateShape),
  url: nullable(text()),
  language: nullable(text('A BCP 47 language tag.')),
  sha256: nullable(text('The SHA-256 hash of the file, hex.')),
};
const sourceItemShape = object(sourceItemMembers, 'SourceItem');
const citingFactShape = object(
  {
    entry: entryNumber(),
    n: integer('Counts the citations of one entry from 0.'),
    event: text('The id of the event.'),
    stream: text(),
    revision: integer(),
    type: text(),
    locator: nullable(text()),
  },
  'CitingFact',
);
const sourceShape = object(
  {
    ...sourceItemMembers,
    facts: list(citingFactShape),
    allFacts: serverAddress('The address of all of them.'),
    hasMoreFacts: boolean(),
  },
  'Source',
);

const sources = defineReadModel<SourceEvent>()({
  name: 'sources',
  version: 1,
  tables,
  standalone: 'all',
  when: {
    SourceRegistered: ({ data }, { sources }) => {
      const { source, title, publisher, published, url, language, sha256 } = data;
      sources.put({ source, title, publisher, published, url, language, sha256 });
    },
  },
  whenever: (fact, { citations }) => {
    const counts = new Map<number, number>();
    for (const event of listFactWithAmendments(fact))
      for (const { source, locator } of (event.data['sources'] ?? []) as readonly Citation[]) {
        const n = counts.get(event.effectiveEntry) ?? 0;
        counts.set(event.effectiveEntry, n + 1);
        citations.put({
          source,
          entry: event.effectiveEntry,
          n,
          event: event.id,
          fact_stream: event.stream,
          revision: event.revision,
          type: event.type,
          locator,
        });
      }
  },

  shownIn: {
    sources: ({ source }: SourceRow) => [{ query: 'list', key: { id: source }, only: { source } }],
    citations: ({ source, entry, n }: CitationRow) => [
      { query: 'facts', path: { source }, key: { entry, n } },
    ],
  },
  queries: {
    list: defineQuery(
      (view, { limit, after, only }: QueryRequest) => {
        const found = paginate<SourceRow>(view, {
          sql: `SELECT * FROM ${view.table('sources')}`,
          order: ['source'],
          after,
          only,
          limit,
        });
        return { ...found, items: found.items.map(toSourceItem) };
      },
      { scan: true, item: sourceItemShape },
    ),
    source: defineQuery(
      (view, { path, limit }: QueryRequest) => {
        const source = path['source'] ?? '';
        const found = view.get<SourceRow>(`SELECT * FROM ${view.table('sources')} WHERE source = @source`, {
          source,
        });
        if (!found) return undefined;
        const { items, next } = listCitations(view, source, { limit });
        const address = `/sources/${source}/facts`;
        return { ...toSourceItem(found), facts: items, allFacts: address, hasMoreFacts: next !== null };
      },
      { record: sourceShape },
    ),
    facts: defineQuery(
      (view, { path, limit, after, only }: QueryRequest) => {
        const source = path['source'] ?? '';
        if (!view.get(`SELECT 1 FROM ${view.table('sources')} WHERE source = @source`, { source }))
          return undefined;
        return listCitations(view, source, { limit, after, only });
      },
      { scan: true, item: citingFactShape },
    ),
  },
});

/** An event, the corrections of it that are in effect, and the disputes of it. Each may have sources of its own. */
const listFactWithAmendments = (fact: Fact): readonly Fact[] => [
  fact,
  ...(fact.correction ? listFactWithAmendments(fact.correction) : []),
  ...fact.disputes,
];

/** The events that cite a source, including corrections and disputes, in record order. */
const listCitations = (
  view: View,
  source: string,
  { limit, after, only }: Pick<PageRequest, 'limit' | 'after' | 'only'>,
) =>
  paginate<TypeOfShape<typeof citingFactShape>>(view, {
    sql: `SELECT entry, n, event, fact_stream AS stream, revision, type, locator
      FROM ${view.table('citations')} WHERE source = @source`,
    parameters: { source },
    order: ['entry', 'n'],
    after,
    only,
    limit,
  });

const toSourceItem = ({ source, title, publisher, published, url, language, sha256 }: SourceRow) => ({
  id: source,
  title,
  publisher,
  published: published === null ? null : toDateWithBounds(published),
  url,
  language,
  sha256,
});

export default publishReadModel(sources, [
  {
    path: '/sources',
    about: 'The sources that events cite, by id.',
    query: 'list',
    list: true,
    names: false,
  },
  {
    path: '/sources/:source',
    about: 'One source with the first events that cite it; "allFacts" is the address of all of them.',
    query: 'source',
    list: false,
    names: false,
  },
  {
    path: '/sources/:source/facts',
    about: 'The events that cite a source, corrections and disputes among them, in record order.',
    query: 'facts',
    list: true,
    names: false,
  },
]);
