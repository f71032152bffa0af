// Computes the expected rows without files, versions or batches: every stream is folded from its start each time.
import { type Fact, getEffectiveHistory } from '../../../src/eventsourcing/amendments.js';
import type { EventMetadata, RecordedEvent } from '../../../src/eventsourcing/message.js';
import { canonicalJson } from '../../../src/json/canonical-json.js';
import type { AnyReadModel, AnyRowStores } from '../../../src/read-models/declaration/read-model.js';

type Row = Readonly<Record<string, unknown>>;
type Table = Map<string, Row>;

/** The rows before or after one, nearest first. */
function findNeighbors(table: Table, key: readonly string[], from: Row, sign: -1 | 1): readonly Row[] {
  const last = key.at(-1) as string;
  const compare = (a: Row, b: Row): number => (a[last] === b[last] ? 0 : a[last]! < b[last]! ? -sign : sign);
  return [...table.values()]
    .filter((row) => key.every((column) => column === last || row[column] === from[column]))
    .filter((row) => compare(row, from) > 0)
    .sort(compare);
}

function foldStream(model: AnyReadModel, facts: readonly Fact[]): ReadonlyMap<string, Table> {
  const tables = new Map<string, Table>();
  const rows: Record<string, unknown> = {};
  for (const [name, { key, columns }] of Object.entries(model.tables)) {
    const table: Table = new Map();
    const getKey = (row: Row) => JSON.stringify(key.map((column) => row[column]));
    tables.set(name, table);
    rows[name] = {
      get: (key: Row) => table.get(getKey(key)),
      all: () => [...table.values()],
      findPrevious: (from: Row) => findNeighbors(table, key, from, -1).at(0),
      findNext: (from: Row) => findNeighbors(table, key, from, 1).at(0),
      put: (row: Row) => {
        for (const [column, type] of Object.entries(columns))
          if (type === 'text' && typeof row[column] !== 'string') throw new Error('misfit');
        // A nullable column that was left out is null, as a file gives it back.
        table.set(
          getKey(row),
          Object.fromEntries(Object.keys(columns).map((column) => [column, row[column] ?? null])),
        );
      },
      delete: (key: Row) => table.delete(getKey(key)),
    };
  }
  for (const fact of facts)
    for (const { when, whenever } of model.handlers) {
      when[fact.type]?.(fact, rows as AnyRowStores);
      whenever?.(fact, rows as AnyRowStores);
    }
  for (const { when, deriveRows } of model.handlers) {
    const added = facts.filter(({ type }) => when[type]);
    if (added.length > 0) deriveRows?.({ removed: [], added }, rows as AnyRowStores);
  }
  return tables;
}

/** The expected rows as of each entry, in the shape of `readRowsAsOf`. */
export function computeExpectedRows(
  model: AnyReadModel,
  events: readonly RecordedEvent[],
): ReadonlyMap<number, unknown> {
  const standing = new Map<string, ReadonlyMap<string, Table>>();
  const parked = new Map<string, number>();
  const result = new Map<number, unknown>([[0, toRows(model, standing, parked)]]);
  for (const { stream, entry, metadata } of events) {
    const { group }: EventMetadata = metadata;
    if (!group || group.index === group.of - 1) {
      const streamEvents = events.filter((event) => event.stream === stream && event.entry <= entry);
      if (!parked.has(stream))
        try {
          standing.set(stream, foldStream(model, getEffectiveHistory(streamEvents)));
        } catch {
          parked.set(stream, entry);
        }
    }
    result.set(entry, toRows(model, standing, parked));
  }
  return result;
}

function toRows(
  { tables }: AnyReadModel,
  standing: ReadonlyMap<string, ReadonlyMap<string, Table>>,
  parked: ReadonlyMap<string, number>,
) {
  const streams = [...standing.keys()].sort();
  const rows = Object.entries(tables).map(([name, { columns, key }]) => [
    name,
    streams.flatMap((stream) =>
      [...(standing.get(stream)?.get(name)?.values() ?? [])]
        .sort((a, b) => {
          const differs = key.find((column) => a[column] !== b[column]) ?? '';
          return (a[differs] as string) < (b[differs] as string) ? -1 : 1;
        })
        .map((row) => ({
          stream,
          ...Object.fromEntries(
            Object.entries(columns).map(([column, type]) => [
              column,
              type === 'json' || (type === 'json?' && (row[column] ?? null) !== null)
                ? canonicalJson(row[column] as never)
                : (row[column] ?? null),
            ]),
          ),
        })),
    ),
  ]);
  return {
    ...Object.fromEntries(rows),
    parked: [...parked].sort().map(([stream, stamp]) => ({ stream, stamp })),
  } as unknown;
}
