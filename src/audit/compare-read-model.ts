// Compares a serving file, row by row, with one that was projected from the first entry.
import { openHardenedDatabase } from '../ledger/sqlite/open-hardened-database.js';
import { DamagedEntryError } from '../ledger/entry.js';
import type { Ledger } from '../ledger/ledger.js';
import { isTransientError } from '../read-models/file-errors.js';
import { isSqliteError } from '../read-models/projecting/read-model-writer.js';
import type { AnyReadModel } from '../read-models/declaration/read-model.js';
import {
  type SqlRow,
  getSqlSchema,
  getTableSchemas,
  OPEN_ENDED,
  type TableSchema,
  type SqlValues,
} from '../read-models/declaration/table-schema.js';
import { ReadModelSnapshot } from './read-model-snapshot.js';
import type { Difference, Findings } from './findings.js';
import { areRowsEqual, type RowPair, mergeJoin } from './merge-join.js';

/** Rows that are compared between two yields, between which messages arrive. */
const ROWS_PER_YIELD = 5_000;

export class ReadModelComparison {
  readonly #tableSchemas: readonly TableSchema[];

  constructor(
    private readonly model: AnyReadModel,
    private readonly ledger: Ledger,
    private readonly findings: Findings,
  ) {
    this.#tableSchemas = getTableSchemas(model);
  }

  /** The number of tables to compare, those of the engine included. */
  static countTables(model: AnyReadModel): number {
    const shapes = getTableSchemas(model);
    return 3 + shapes.length + shapes.filter(({ table }) => table.search !== undefined).length;
  }

  /**
   * Compares as of the entry that the replay has reached, or, if the live file lags behind, as of the one that it has.
   * Yields how many tables are done; returns the entry. Throws only what a full or failing disk causes.
   */
  *run(liveFile: string, replayedFile: string): Generator<number, number | null> {
    const replayed = new ReadModelSnapshot(replayedFile);
    let live: ReadModelSnapshot | undefined;
    try {
      live = this.#openLive(liveFile);
      if (!live) return null;
      const entry =
        live.lastEntry < replayed.lastEntry && replayed.hasChangedAfter(live.lastEntry, this.#tableSchemas)
          ? live.lastEntry
          : replayed.lastEntry;
      live.setEntry(entry);
      replayed.setEntry(entry);
      let done = 0;
      for (const [table, compare] of this.#listTables(live, replayed)) {
        for (const _ of this.#addIfUnreadable(table, compare)) yield done;
        yield ++done;
      }
      return entry;
    } finally {
      live?.close();
      replayed.close();
    }
  }

  #openLive(file: string): ReadModelSnapshot | undefined {
    try {
      return new ReadModelSnapshot(file);
    } catch (error) {
      this.#addUnreadable('checkpoint', error);
      return undefined;
    }
  }

  #listTables(
    live: ReadModelSnapshot,
    replayed: ReadModelSnapshot,
  ): [table: string, compare: () => Iterable<void>][] {
    return [
      ['sqlite_schema', () => this.#compareSchema(live)],
      ['checkpoint', () => this.#comparePosition(live)],
      ['parked', () => this.#compareParkedStreams(live, replayed)],
      ...this.#tableSchemas.flatMap((shape): [string, () => Iterable<void>][] => [
        [shape.name, () => this.#compareVersions(shape, live, replayed)],
        ...(shape.table.search === undefined
          ? []
          : [
              [getSearchTableName(shape), () => this.#compareSearchIndex(shape, live, replayed)] as [
                string,
                () => Iterable<void>,
              ],
            ]),
      ]),
    ];
  }

  *#addIfUnreadable(table: string, compare: () => Iterable<void>): Generator<void> {
    try {
      yield* compare();
    } catch (error) {
      this.#addUnreadable(table, error);
    }
  }

  /** A damaged file is a finding; a full or failing disk is not, but ends the audit. */
  #addUnreadable(table: string, error: unknown): void {
    if (!isSqliteError(error) || isTransientError(error)) throw error;
    this.findings.add(() => ({
      projection: this.model.name,
      table,
      key: {},
      entry: null,
      live: null,
      replayed: null,
      detail: `${this.model.name}: ${table} cannot be read: ${error.message}.`,
    }));
  }

  *#compareSchema(live: ReadModelSnapshot): Generator<void> {
    const { tables, indexes } = getSqlSchema(this.model);
    const empty = openHardenedDatabase(':memory:');
    try {
      empty.exec(tables + indexes);
      const declared = empty
        .prepare<unknown[], SqlValues>('SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2')
        .raw()
        .iterate();
      for (const pair of mergeJoin(live.readSchema(), declared, 2)) {
        if (areRowsEqual(pair)) continue;
        const [type, name] = getIdentity(pair);
        const sql = (values: SqlValues | undefined) => values && { sql: values[2] };
        this.#add('sqlite_schema', { type, name }, null, sql(pair.live), sql(pair.replayed));
      }
    } finally {
      empty.close();
    }
    yield;
  }

  *#comparePosition(live: ReadModelSnapshot): Generator<void> {
    const { tables, indexes } = getSqlSchema(this.model);
    const [found, ...others] = live.positions;
    const due = {
      entry: live.lastEntry,
      leaf: this.#findLeaf(live.lastEntry, found?.leaf ?? null),
      complete: 1,
      schema: tables + indexes,
    };
    const differs = (Object.keys(due) as (keyof typeof due)[]).some(
      (column) => found?.[column] !== due[column],
    );
    if (differs) this.#add('checkpoint', { entry: due.entry }, due.entry, found, due);
    for (const other of others)
      this.#add('checkpoint', { entry: other.entry }, other.entry, other, undefined);
    yield;
  }

  /** The leaf of a damaged entry is not known; the damage is a finding of its own. */
  #findLeaf(entry: number, found: string | null): string | null {
    try {
      return this.ledger.findByNumber(entry)?.leaf.toString('hex') ?? null;
    } catch (error) {
      if (error instanceof DamagedEntryError) return found;
      throw error;
    }
  }

  *#compareParkedStreams(live: ReadModelSnapshot, replayed: ReadModelSnapshot): Generator<void> {
    const row = (values: SqlValues | undefined): SqlRow | undefined =>
      values && { entry: values[1], stamp: values[2], reason: values[3] };
    for (const pair of mergeJoin(live.readParkedStreams(), replayed.readParkedStreams(), 1)) {
      if (areRowsEqual(pair)) continue;
      const [stream, entry] = getIdentity(pair);
      this.#add('parked', { stream }, entry as number, row(pair.live), row(pair.replayed));
    }
    yield;
  }

  *#compareVersions(
    shape: TableSchema,
    live: ReadModelSnapshot,
    replayed: ReadModelSnapshot,
  ): Generator<void> {
    const numbered = (): Generator<RowPair> =>
      mergeJoin(live.readVersionsByRow(shape), replayed.readVersionsByRow(shape), 1);
    // As a rule nothing differs, which needs no sorting.
    if (!(yield* hasDifference(numbered()))) return;
    // If something does, rows are matched by stream and key: numbers shift when a row is missing.
    const before = this.findings.count;
    const places = 2 + shape.table.key.length;
    yield* this.#addDifferences(
      mergeJoin(live.readVersionsByKey(shape), replayed.readVersionsByKey(shape), places),
      (pair) => this.#addVersion(shape, pair),
    );
    if (this.findings.count > before) return;
    yield* this.#addDifferences(numbered(), (pair) => this.#addNumber(shape, pair));
  }

  *#compareSearchIndex(
    shape: TableSchema,
    live: ReadModelSnapshot,
    replayed: ReadModelSnapshot,
  ): Generator<void> {
    yield* this.#addDifferences(
      mergeJoin(live.readSearchIndex(shape), replayed.readSearchIndex(shape), 3),
      (pair) => {
        const [word, row, place] = getIdentity(pair);
        this.findings.add(() => {
          const named = [replayed, live]
            .map((file) => file.findVersion(shape, row as number))
            .find((found) => found);
          const key = { word, place, row, ...(named && toKey(shape, named)) };
          const found = (values: SqlValues | undefined) => values && { word, place, row };
          return this.#toDifference(
            getSearchTableName(shape),
            key,
            named ? getFromEntry(shape, named) : null,
            found(pair.live),
            found(pair.replayed),
          );
        });
      },
    );
  }

  *#addDifferences(pairs: Iterable<RowPair>, add: (pair: RowPair) => void): Generator<void> {
    let n = 0;
    for (const pair of pairs) {
      if (!areRowsEqual(pair)) add(pair);
      if (++n % ROWS_PER_YIELD === 0) yield;
    }
  }

  #addVersion(shape: TableSchema, pair: RowPair): void {
    const identity = getIdentity(pair);
    this.findings.add(() =>
      this.#toDifference(
        shape.name,
        toKey(shape, identity),
        getFromEntry(shape, identity),
        pair.live && toRow(shape, pair.live),
        pair.replayed && toRow(shape, pair.replayed),
      ),
    );
  }

  #addNumber(shape: TableSchema, { live, replayed }: RowPair): void {
    const shown = (values: SqlValues | undefined): SqlRow | undefined =>
      values && { row: values[0], ...toRow(shape, values.slice(1)) };
    const [, ...identity] = getIdentity({ live, replayed });
    this.#add(
      shape.name,
      { row: (replayed ?? live)?.[0], ...toKey(shape, identity) },
      getFromEntry(shape, identity),
      shown(live),
      shown(replayed),
    );
  }

  #add(
    table: string,
    key: SqlRow,
    entry: number | null,
    live: SqlRow | undefined,
    replayed: SqlRow | undefined,
  ): void {
    this.findings.add(() => this.#toDifference(table, key, entry, live, replayed));
  }

  #toDifference(
    table: string,
    key: SqlRow,
    entry: number | null,
    live: SqlRow | undefined,
    replayed: SqlRow | undefined,
  ): Difference {
    return {
      projection: this.model.name,
      table,
      key,
      entry,
      live: live ?? null,
      replayed: replayed ?? null,
      detail: `${this.model.name}: ${table}, ${formatRow(key)}${entry === null ? '' : ` as of entry ${entry}`}, ${describeDifference(live, replayed)}.`,
    };
  }
}

function* hasDifference(pairs: Iterable<RowPair>): Generator<void, boolean> {
  let n = 0;
  for (const pair of pairs) {
    if (!areRowsEqual(pair)) return true;
    if (++n % ROWS_PER_YIELD === 0) yield;
  }
  return false;
}

const getSearchTableName = ({ name }: TableSchema): string => `${name}_search`;

const getIdentity = ({ live, replayed }: RowPair): SqlValues => replayed ?? live ?? [];

/** Of values that begin with stream, key, from_entry. */
const toKey = ({ table }: TableSchema, values: SqlValues): SqlRow => ({
  stream: values[0],
  ...Object.fromEntries(table.key.map((column, n) => [column, values[1 + n]])),
});

const getFromEntry = ({ table }: TableSchema, values: SqlValues): number =>
  values[1 + table.key.length] as number;

/** A version as it is reported: JSON is parsed, and `to_entry` is null where it is not closed. */
function toRow(shape: TableSchema, values: SqlValues): SqlRow {
  const from = 2 + shape.table.key.length;
  const to = values[from + shape.columns.length];
  return {
    ...decodeIfPossible(shape, values.slice(from, from + shape.columns.length)),
    from_entry: getFromEntry(shape, values),
    to_entry: to === OPEN_ENDED ? null : to,
  };
}

/** A row that was altered by hand may not be JSON any more: then it is reported as it is stored. */
function decodeIfPossible(shape: TableSchema, values: SqlValues): SqlRow {
  try {
    return shape.decode(values);
  } catch {
    return Object.fromEntries(shape.columns.map((column, n) => [column, values[n]]));
  }
}

const MAX_VALUE_LENGTH = 100;
const formatValue = (value: unknown): string => {
  const text = JSON.stringify(value ?? null);
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
};
const formatRow = (row: SqlRow): string =>
  Object.entries(row)
    .map(([column, value]) => `${column} ${formatValue(value)}`)
    .join(', ');

function describeDifference(live: SqlRow | undefined, replayed: SqlRow | undefined): string {
  if (!live) return 'is missing, but a replay leads to it';
  if (!replayed) return 'is there, but no replay leads to it';
  const columns = Object.keys(replayed).filter(
    (column) => JSON.stringify(live[column]) !== JSON.stringify(replayed[column]),
  );
  if (columns.length === 0) return 'is stored in other bytes than a replay leads to';
  return columns
    .map(
      (column) =>
        `has ${column} ${formatValue(live[column])} where a replay leads to ${formatValue(replayed[column])}`,
    )
    .join(', ');
}
