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
  optionalMember,
  serverAddress,
  text,
  type TypeOfShape,
} from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import { dateShape } from '../_shared/answer-shapes.js';
import type { Citation, Fact } from '../../src/eventsourcing/amendments.js';
import type { JsonObject } from '../../src/json/json.js';

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
      /** 1 if a correction has replaced what it supports. */
      is_former: 'integer',
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
    former: optionalMember(
      boolean('True if a correction has replaced what the source supports; missing otherwise.'),
    ),
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
  version: 2,
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
    for (const { event, entry, cited, isFormer } of listCiting(fact))
      for (const { source, locator } of cited) {
        const n = counts.get(entry) ?? 0;
        counts.set(entry, n + 1);
        citations.put({
          source,
          entry,
          n,
          event: event.id,
          fact_stream: event.stream,
          revision: event.revision,
          type: event.type,
          locator,
          is_former: isFormer ? 1 : 0,
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

/** An event with the sources that it cites, by the entry that its words come from. */
type CitingEvent = {
  readonly event: Fact;
  readonly entry: number;
  readonly cited: readonly Citation[];
  /** Whether a correction has replaced what they support. */
  readonly isFormer: boolean;
};

const getSources = (data: JsonObject | undefined): readonly Citation[] =>
  (data?.['sources'] ?? []) as readonly Citation[];

/**
 * An event as it stands and as it was recorded first, the corrections of it that are in effect, the disputes and the
 * corroborations of it. Each may have sources of its own. A corroboration supports what the event said at its entry.
 */
const listCiting = (event: Fact): readonly CitingEvent[] => [
  { event, entry: event.effectiveEntry, cited: getSources(event.data), isFormer: false },
  ...(event.original
    ? [{ event, entry: event.entry, cited: getSources(event.original), isFormer: true }]
    : []),
  ...(event.correction ? listCiting(event.correction) : []),
  ...event.disputes.flatMap(listCiting),
  ...event.corroborations.flatMap((corroboration) =>
    listCiting(corroboration).map((citing) => ({
      ...citing,
      isFormer: citing.isFormer || corroboration.entry < event.effectiveEntry,
    })),
  ),
];

/** The events that cite a source, including amendments and what was corrected, in record order. */
function listCitations(
  view: View,
  source: string,
  { limit, after, only }: Pick<PageRequest, 'limit' | 'after' | 'only'>,
) {
  const found = paginate<
    Omit<TypeOfShape<typeof citingFactShape>, 'former'> & { readonly is_former: number }
  >(view, {
    sql: `SELECT entry, n, event, fact_stream AS stream, revision, type, locator, is_former
      FROM ${view.table('citations')} WHERE source = @source`,
    parameters: { source },
    order: ['entry', 'n'],
    after,
    only,
    limit,
  });
  return {
    ...found,
    items: found.items.map(({ is_former, ...item }) => ({
      ...item,
      ...(is_former === 1 && { former: true }),
    })),
  };
}

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
    about:
      'The events that cite a source, in record order: amendments among them, and what was corrected since, which is marked.',
    query: 'facts',
    list: true,
    names: false,
  },
]);
