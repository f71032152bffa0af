// A file that serves, row by row against one that was folded from nothing for the purpose.
import Database from 'better-sqlite3';
import { DamagedEntry } from '../ledger/entry.js';
import type { Ledger } from '../ledger/ledger.js';
import { isPassing } from '../read-models/projecting/projection-runner.js';
import { isSqlite } from '../read-models/projecting/read-model-writer.js';
import type { AnyReadModel } from '../read-models/declaration/read-model.js';
import {
  type PlainRow,
  schemaOf,
  shapesOf,
  STANDING,
  type TableShape,
  type Values,
} from '../read-models/declaration/table-schema.js';
import { FileAsOf } from './read-model-snapshot.js';
import type { Difference, Findings } from './findings.js';
import { isSame, type Pair, sideBySide } from './merge-join.js';

/** Rows that are compared between two turns of others. */
const TURN = 5_000;

export class Comparison {
  readonly #shapes: readonly TableShape[];

  constructor(
    private readonly model: AnyReadModel,
    private readonly ledger: Ledger,
    private readonly findings: Findings,
  ) {
    this.#shapes = shapesOf(model);
  }

  /** How many tables there are to compare, those of the engine included. */
  static tablesOf(model: AnyReadModel): number {
    const shapes = shapesOf(model);
    return 3 + shapes.length + shapes.filter(({ table }) => table.search !== undefined).length;
  }

  /**
   * Compares as of the entry that the replay has reached, or, if the live file lags behind, as of the one that it has.
   * Yields how many tables are done; returns the entry. Throws only what a full or failing disk brings.
   */
  *run(liveFile: string, replayedFile: string): Generator<number, number | null> {
    const replayed = new FileAsOf(replayedFile);
    let live: FileAsOf | undefined;
    try {
      live = this.#opened(liveFile);
      if (!live) return null;
      const entry =
        live.last < replayed.last && replayed.movedAfter(live.last, this.#shapes) ? live.last : replayed.last;
      live.at(entry);
      replayed.at(entry);
      let done = 0;
      for (const [table, compare] of this.#tables(live, replayed)) {
        for (const _ of this.#unlessUnreadable(table, compare)) yield done;
        yield ++done;
      }
      return entry;
    } finally {
      live?.close();
      replayed.close();
    }
  }

  #opened(file: string): FileAsOf | undefined {
    try {
      return new FileAsOf(file);
    } catch (error) {
      this.#unreadable('checkpoint', error);
      return undefined;
    }
  }

  #tables(live: FileAsOf, replayed: FileAsOf): [table: string, compare: () => Iterable<void>][] {
    return [
      ['sqlite_schema', () => this.#schema(live)],
      ['checkpoint', () => this.#checkpoint(live)],
      ['parked', () => this.#parked(live, replayed)],
      ...this.#shapes.flatMap((shape): [string, () => Iterable<void>][] => [
        [shape.name, () => this.#versions(shape, live, replayed)],
        ...(shape.table.search === undefined
          ? []
          : [[searchOf(shape), () => this.#words(shape, live, replayed)] as [string, () => Iterable<void>]]),
      ]),
    ];
  }

  *#unlessUnreadable(table: string, compare: () => Iterable<void>): Generator<void> {
    try {
      yield* compare();
    } catch (error) {
      this.#unreadable(table, error);
    }
  }

  /** A damaged file is a finding; a disk that is full or fails is not, but ends the audit. */
  #unreadable(table: string, error: unknown): void {
    if (!isSqlite(error) || isPassing(error)) throw error;
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

  *#schema(live: FileAsOf): Generator<void> {
    const { tables, indexes } = schemaOf(this.model);
    const empty = new Database(':memory:');
    try {
      empty.exec(tables + indexes);
      const declared = empty
        .prepare<unknown[], Values>('SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2')
        .raw()
        .iterate();
      for (const pair of sideBySide(live.schema(), declared, 2)) {
        if (isSame(pair)) continue;
        const [type, name] = identityOf(pair);
        const sql = (values: Values | undefined) => values && { sql: values[2] };
        this.#add('sqlite_schema', { type, name }, null, sql(pair.live), sql(pair.replayed));
      }
    } finally {
      empty.close();
    }
    yield;
  }

  *#checkpoint(live: FileAsOf): Generator<void> {
    const { tables, indexes } = schemaOf(this.model);
    const [found, ...others] = live.checkpoints;
    const due = {
      entry: live.last,
      leaf: this.#leafAt(live.last, found?.leaf ?? null),
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

  /** Of a damaged entry, which is a finding of its own, nobody can say. */
  #leafAt(entry: number, found: string | null): string | null {
    try {
      return this.ledger.byEntry(entry)?.leaf.toString('hex') ?? null;
    } catch (error) {
      if (error instanceof DamagedEntry) return found;
      throw error;
    }
  }

  *#parked(live: FileAsOf, replayed: FileAsOf): Generator<void> {
    const row = (values: Values | undefined): PlainRow | undefined =>
      values && { entry: values[1], stamp: values[2], reason: values[3] };
    for (const pair of sideBySide(live.parked(), replayed.parked(), 1)) {
      if (isSame(pair)) continue;
      const [stream, entry] = identityOf(pair);
      this.#add('parked', { stream }, entry as number, row(pair.live), row(pair.replayed));
    }
    yield;
  }

  *#versions(shape: TableShape, live: FileAsOf, replayed: FileAsOf): Generator<void> {
    const numbered = (): Generator<Pair> => sideBySide(live.numbered(shape), replayed.numbered(shape), 1);
    // As a rule nothing differs, which is seen without sorting anything.
    if (!(yield* differs(numbered()))) return;
    // If something does, rows are told apart by what they are of: numbers move when a row is taken away.
    const before = this.findings.count;
    const places = 2 + shape.table.key.length;
    yield* this.#each(sideBySide(live.versions(shape), replayed.versions(shape), places), (pair) =>
      this.#addVersion(shape, pair),
    );
    if (this.findings.count > before) return;
    yield* this.#each(numbered(), (pair) => this.#addNumber(shape, pair));
  }

  *#words(shape: TableShape, live: FileAsOf, replayed: FileAsOf): Generator<void> {
    yield* this.#each(sideBySide(live.words(shape), replayed.words(shape), 3), (pair) => {
      const [word, row, place] = identityOf(pair);
      this.findings.add(() => {
        const named = [replayed, live].map((file) => file.named(shape, row as number)).find((found) => found);
        const key = { word, place, row, ...(named && keyOf(shape, named)) };
        const found = (values: Values | undefined) => values && { word, place, row };
        return this.#difference(
          searchOf(shape),
          key,
          named ? entryOf(shape, named) : null,
          found(pair.live),
          found(pair.replayed),
        );
      });
    });
  }

  *#each(pairs: Iterable<Pair>, add: (pair: Pair) => void): Generator<void> {
    let n = 0;
    for (const pair of pairs) {
      if (!isSame(pair)) add(pair);
      if (++n % TURN === 0) yield;
    }
  }

  #addVersion(shape: TableShape, pair: Pair): void {
    const identity = identityOf(pair);
    this.findings.add(() =>
      this.#difference(
        shape.name,
        keyOf(shape, identity),
        entryOf(shape, identity),
        pair.live && rowOf(shape, pair.live),
        pair.replayed && rowOf(shape, pair.replayed),
      ),
    );
  }

  #addNumber(shape: TableShape, { live, replayed }: Pair): void {
    const shown = (values: Values | undefined): PlainRow | undefined =>
      values && { row: values[0], ...rowOf(shape, values.slice(1)) };
    const [, ...identity] = identityOf({ live, replayed });
    this.#add(
      shape.name,
      { row: (replayed ?? live)?.[0], ...keyOf(shape, identity) },
      entryOf(shape, identity),
      shown(live),
      shown(replayed),
    );
  }

  #add(
    table: string,
    key: PlainRow,
    entry: number | null,
    live: PlainRow | undefined,
    replayed: PlainRow | undefined,
  ): void {
    this.findings.add(() => this.#difference(table, key, entry, live, replayed));
  }

  #difference(
    table: string,
    key: PlainRow,
    entry: number | null,
    live: PlainRow | undefined,
    replayed: PlainRow | undefined,
  ): Difference {
    return {
      projection: this.model.name,
      table,
      key,
      entry,
      live: live ?? null,
      replayed: replayed ?? null,
      detail: `${this.model.name}: ${table}, ${shortly(key)}${entry === null ? '' : ` as of entry ${entry}`}, ${whatDiffers(live, replayed)}.`,
    };
  }
}

function* differs(pairs: Iterable<Pair>): Generator<void, boolean> {
  let n = 0;
  for (const pair of pairs) {
    if (!isSame(pair)) return true;
    if (++n % TURN === 0) yield;
  }
  return false;
}

const searchOf = ({ name }: TableShape): string => `${name}_search`;

const identityOf = ({ live, replayed }: Pair): Values => replayed ?? live ?? [];

/** Of values that begin with stream, key, from_entry. */
const keyOf = ({ table }: TableShape, values: Values): PlainRow => ({
  stream: values[0],
  ...Object.fromEntries(table.key.map((column, n) => [column, values[1 + n]])),
});

const entryOf = ({ table }: TableShape, values: Values): number => values[1 + table.key.length] as number;

/** A version as it is shown: what is JSON is read, what stands has no `to_entry`. */
function rowOf(shape: TableShape, values: Values): PlainRow {
  const from = 2 + shape.table.key.length;
  const to = values[from + shape.columns.length];
  return {
    ...decoded(shape, values.slice(from, from + shape.columns.length)),
    from_entry: entryOf(shape, values),
    to_entry: to === STANDING ? null : to,
  };
}

/** What was altered by hand may not be JSON any more: then it is shown as it is stored. */
function decoded(shape: TableShape, values: Values): PlainRow {
  try {
    return shape.decode(values);
  } catch {
    return Object.fromEntries(shape.columns.map((column, n) => [column, values[n]]));
  }
}

const VALUE_MAX = 100;
const valueOf = (value: unknown): string => {
  const text = JSON.stringify(value ?? null);
  return text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}…` : text;
};
const shortly = (row: PlainRow): string =>
  Object.entries(row)
    .map(([column, value]) => `${column} ${valueOf(value)}`)
    .join(', ');

function whatDiffers(live: PlainRow | undefined, replayed: PlainRow | undefined): string {
  if (!live) return 'is not there, but a replay leads to it';
  if (!replayed) return 'stands there, but no replay leads to it';
  const columns = Object.keys(replayed).filter(
    (column) => JSON.stringify(live[column]) !== JSON.stringify(replayed[column]),
  );
  if (columns.length === 0) return 'is stored in other bytes than those that a replay leads to';
  return columns
    .map(
      (column) =>
        `has ${column} ${valueOf(live[column])} where a replay leads to ${valueOf(replayed[column])}`,
    )
    .join(', ');
}
