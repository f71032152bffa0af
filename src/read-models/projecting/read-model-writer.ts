// Writes a read model's file. Each entry is projected exactly once because rows and position are one transaction: a crash
// leaves the file as of an earlier position, from which the next start goes on.
import { getErrorMessage } from '../../errors/get-error-message.js';
import type Database from 'better-sqlite3';
import type { Fact } from '../../eventsourcing/amendments.js';
import { openHardenedDatabase } from '../../ledger/sqlite/open-hardened-database.js';
import { getSqliteCode } from '../../ledger/sqlite/sqlite-errors.js';
import {
  type CurrentRows,
  type Direction,
  type StagedChange,
  StagedRows,
  type CurrentRow,
} from './row-changes.js';
import { type FailedHandler, ReadModelHandlers } from './read-model-handlers.js';
import type { AmendedFacts, ReplacedFacts } from './amended-facts.js';
import { LOCK_WAIT_MS } from '../timeouts.js';
import type { Generation } from './generations.js';
import type { AnyReadModel } from '../declaration/read-model.js';
import type { SqlValue } from '../declaration/view.js';
import { toSearchableText } from '../declaration/search-text.js';
import type { EntryBatch, UnreadableEntry } from './entry-batches.js';
import {
  getSqlSchema,
  getTableSchemas,
  OPEN_ENDED,
  type TableSchema,
  type SqlValues,
} from '../declaration/table-schema.js';

/** A stream that this read model could not project: its rows are as before entry `stamp`. */
export type ParkedStream = {
  readonly stream: string;
  /** `entry` could not be projected; `stamp` is the entry that its rows would have had. */
  readonly entry: number;
  readonly stamp: number;
  readonly reason: string;
};

/** The number of entries without changes after which the position is written nevertheless. */
const POSITION_WRITE_INTERVAL = 10_000;

export class ReadModelWriter {
  readonly #db: Database.Database;
  readonly #tables: readonly TableStatements[];
  readonly #rowChanges: StagedRows;
  /** Finds the keys of rows that events had put. */
  readonly #formerRows: StagedRows;
  readonly #handlers: ReadModelHandlers;
  readonly #parked = new Map<string, ParkedStream>();
  readonly #begin: Database.Statement;
  readonly #commit: Database.Statement;
  readonly #rollback: Database.Statement;
  readonly #updatePosition: Database.Statement;
  /** Parked since the last commit. */
  #newlyParked: ParkedStream[] = [];
  #entry: number;
  #leaf: Buffer | null;
  #persistedEntry: number;
  #inTransaction = false;
  #hasIndexes = false;

  /** Creates the tables in an empty file: at position 0, and not complete. */
  static create(generation: Generation, model: AnyReadModel): ReadModelWriter {
    return useDatabase(generation.file, (db) => {
      configureForBuild(db);
      const { tables } = getSqlSchema(model);
      db.transaction(() => {
        db.exec(tables);
        db.prepare('INSERT INTO checkpoint VALUES (0, NULL, 0, ?)').run(getDeclaredSchema(model));
      })();
      return new ReadModelWriter(db, generation, model);
    });
  }

  /** Undefined if the file is not a complete generation of this read model as it is declared now. */
  static open(generation: Generation, model: AnyReadModel): ReadModelWriter | undefined {
    return useDatabase(generation.file, (db) => {
      const found = readDeclaration(db);
      if (found?.complete !== 1 || found.schema !== getDeclaredSchema(model)) return undefined;
      configureForServing(db); // after a crash between the mark and the change of mode
      return new ReadModelWriter(db, generation, model);
    });
  }

  /** Opens a file that was closed before it was complete, to continue it. Undefined if it is not of this declaration. */
  static reopen(generation: Generation, model: AnyReadModel): ReadModelWriter | undefined {
    return useDatabase(generation.file, (db) => {
      configureForBuild(db);
      if (readDeclaration(db)?.schema !== getDeclaredSchema(model)) return undefined;
      return new ReadModelWriter(db, generation, model);
    });
  }

  private constructor(
    db: Database.Database,
    readonly generation: Generation,
    readonly model: AnyReadModel,
  ) {
    this.#db = db;
    const shapes = getTableSchemas(model);
    this.#tables = shapes.map((shape) => new TableStatements(db, shape));
    this.#handlers = new ReadModelHandlers(model);
    this.#formerRows = new StagedRows(shapes, []);
    this.#rowChanges = new StagedRows(shapes, this.#tables);
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
    this.#updatePosition = db.prepare('UPDATE checkpoint SET entry = ?, leaf = ?');
    const { entry, leaf } = db.prepare('SELECT entry, leaf FROM checkpoint').get() as {
      entry: number;
      leaf: Buffer | null;
    };
    this.#entry = this.#persistedEntry = entry;
    this.#leaf = leaf;
    for (const parked of db.prepare('SELECT * FROM parked').all() as ParkedStream[])
      this.#parked.set(parked.stream, parked);
  }

  /** The last entry that is projected and committed. */
  get entry(): number {
    return this.#entry;
  }

  /** The leaf hash of that entry; null at entry 0. */
  get leaf(): Buffer | null {
    return this.#leaf;
  }

  /** Oldest first. */
  get parked(): readonly ParkedStream[] {
    return [...this.#parked.values()].sort((a, b) => a.stamp - b.stamp);
  }

  /**
   * Projects a batch. Its changes are in the file after `commit`, or never. `loadAmended` is called only if the batch
   * amends. Throws only what SQLite or `loadAmended` throws.
   */
  applyBatch(batch: EntryBatch, loadAmended: () => AmendedFacts): void {
    if (this.#parked.has(batch.stream)) return;
    const amended = batch.amends ? loadAmended() : undefined;
    if (!(amended ?? batch).types.some((type) => this.#handlers.handles(type))) return;
    const replaced: ReplacedFacts = amended
      ? this.#selectReplaced(amended)
      : { before: [], after: batch.facts };
    const unreadable = replaced.unreadable ?? batch.unreadable;
    if (unreadable) return this.#park(batch, unreadable);

    const failed = this.#stage(batch, replaced);
    if (failed) {
      if (isSqliteError(failed.error)) throw failed.error;
      const reason = `${failed.fact.type}: ${getErrorMessage(failed.error)}`;
      return this.#park(batch, { entry: failed.fact.entry, reason });
    }
    const changes = this.#rowChanges.changes();
    if (changes.length === 0) return;
    this.#ensureTransaction();
    for (const change of changes) this.#tables[change.table]?.apply(batch.stream, change, batch.lastEntry);
  }

  /** The events whose rows an amendment replaces: those that stand alone, else all that depend on each other. */
  #selectReplaced(amended: AmendedFacts): ReplacedFacts {
    const isDependent = ({ type }: { readonly type: string }): boolean =>
      this.#handlers.handles(type) && !this.#handlers.isStandalone(type);
    if (!amended.types.some((type) => isDependent({ type }))) return amended;
    const dependents = amended.readAll(this.#handlers.dependentTypes);
    const join = (facts: readonly Fact[], others: readonly Fact[]): readonly Fact[] =>
      [...facts.filter((fact) => !isDependent(fact)), ...others].sort((a, b) => a.revision - b.revision);
    return {
      ...dependents,
      before: join(amended.before, dependents.before),
      after: join(amended.after, dependents.after),
    };
  }

  /** Stages the rows of the facts after in place of those that the facts before have put. */
  #stage({ stream, first }: EntryBatch, { before, after }: ReplacedFacts): FailedHandler | undefined {
    this.#rowChanges.begin(stream, first.revision === 0);
    if (before.length > 0) {
      this.#formerRows.begin(stream, true);
      const failed = this.#handlers.apply(before, this.#formerRows.rows);
      if (failed) return failed;
      this.#rowChanges.deleteRowsOf(this.#formerRows);
    }
    return (
      this.#handlers.apply(after, this.#rowChanges.rows) ??
      this.#handlers.deriveRows({ removed: before, added: after }, this.#rowChanges.rows)
    );
  }

  /** Commits the changes of all entries up to this one. Returns the streams that were parked. */
  commit(entry: number, leaf: Buffer): readonly ParkedStream[] {
    // Entries without changes may be projected again after a crash, so the position is not written for each.
    if (entry - this.#persistedEntry >= POSITION_WRITE_INTERVAL) this.#ensureTransaction();
    if (this.#inTransaction) {
      this.#updatePosition.run(entry, leaf);
      this.#commit.run();
      this.#inTransaction = false;
      this.#persistedEntry = entry;
    }
    this.#entry = entry;
    this.#leaf = leaf;
    const parked = this.#newlyParked;
    this.#newlyParked = [];
    return parked;
  }

  /** Discards everything since the last commit. */
  rollback(): void {
    for (const { stream } of this.#newlyParked) this.#parked.delete(stream);
    this.#newlyParked = [];
    this.#inTransaction = false;
    // SQLite rolls back by itself at some errors.
    if (this.#db.inTransaction) this.#rollback.run();
  }

  /** Creates the indexes of a new file, which is faster at once than row by row. Projecting may go on afterwards. */
  createIndexes(): void {
    this.#db.exec(getSqlSchema(this.model).indexes);
    this.#hasIndexes = true;
  }

  get hasIndexes(): boolean {
    return this.#hasIndexes;
  }

  /**
   * Marks a new file as complete: it may serve. Once this returns the mark is durable; a crash before leaves a file that
   * is not complete. The rollback journal guarantees that: it is durable before the mark is written, and is deleted only
   * after everything else is durable as well.
   */
  markComplete(): void {
    if (!this.#hasIndexes) this.createIndexes();
    this.#db.pragma('journal_mode = DELETE');
    this.#db.pragma('synchronous = FULL');
    this.#db.prepare('UPDATE checkpoint SET complete = 1, entry = ?, leaf = ?').run(this.#entry, this.#leaf);
    this.#persistedEntry = this.#entry;
    configureForServing(this.#db);
  }

  close(): void {
    try {
      if (this.#persistedEntry !== this.#entry) this.#updatePosition.run(this.#entry, this.#leaf);
    } catch {
      // The next start projects entries without changes again.
    }
    this.#db.close();
  }

  #park({ stream, lastEntry }: EntryBatch, { entry, reason }: UnreadableEntry): void {
    const parked: ParkedStream = { stream, entry, stamp: lastEntry, reason };
    this.#ensureTransaction();
    this.#db
      .prepare('INSERT INTO parked (stream, entry, stamp, reason) VALUES (?, ?, ?, ?)')
      .run(stream, entry, lastEntry, reason.toWellFormed());
    this.#parked.set(stream, parked);
    this.#newlyParked.push(parked);
  }

  #ensureTransaction(): void {
    if (this.#inTransaction) return;
    this.#begin.run();
    this.#inTransaction = true;
  }
}

export const isSqliteError = (error: unknown): error is Error & { readonly code: string } =>
  getSqliteCode(error) !== '';

/** Opens an existing file and passes it on. Closes it again if that returns undefined or throws. */
function useDatabase<T>(file: string, use: (db: Database.Database) => T): T {
  const db = openHardenedDatabase(file, { fileMustExist: true, timeout: LOCK_WAIT_MS });
  let result: T | undefined;
  try {
    return (result = use(db));
  } finally {
    if (result === undefined) db.close();
  }
}

/** The SQL that a file was created with; a file with another one is not of this declaration. */
function getDeclaredSchema(model: AnyReadModel): string {
  const { tables, indexes } = getSqlSchema(model);
  return tables + indexes;
}

const readDeclaration = (db: Database.Database) =>
  db.prepare('SELECT complete, schema FROM checkpoint').get() as
    { readonly complete: number; readonly schema: string } | undefined;

/** A file that is not complete is removed after a crash, so nothing of it has to be durable. */
function configureForBuild(db: Database.Database): void {
  db.pragma('journal_mode = MEMORY');
  db.pragma('synchronous = OFF');
}

/** The file can be built again from the ledger: after a power loss it may be older, but never torn. */
function configureForServing(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  // 16 MB instead of 4: consecutive batches change the same pages, which then are written to the database once.
  db.pragma('wal_autocheckpoint = 4000');
}

/** Reading and writing the versions of one table. */
class TableStatements implements CurrentRows {
  readonly #get: Database.Statement<unknown[]>;
  readonly #neighbors: { readonly [D in Direction]: Database.Statement<unknown[]> };
  readonly #all: Database.Statement<unknown[]>;
  readonly #open: Database.Statement<unknown[]>;
  readonly #close: Database.Statement<unknown[]>;
  readonly #search: { readonly column: number; readonly add: Database.Statement<unknown[]> } | undefined;

  constructor(db: Database.Database, { name, columns, table }: TableSchema) {
    const list = columns.map((column) => `"${column}"`).join(', ');
    const current = `SELECT row, ${list} FROM "${name}" INDEXED BY "${name}_standing" WHERE to_entry = ${OPEN_ENDED} AND stream = ?`;
    const prefix = table.key.slice(0, -1).map((column) => `AND "${column}" = ?`);
    const last = `"${table.key.at(-1)}"`;
    const prepare = (...rest: readonly string[]): Database.Statement<unknown[]> =>
      db.prepare([current, ...prefix, ...rest].join(' ')).raw();
    this.#get = prepare(`AND ${last} = ?`);
    this.#neighbors = {
      previous: prepare(`AND ${last} < ? ORDER BY ${last} DESC LIMIT 1`),
      next: prepare(`AND ${last} > ? ORDER BY ${last} LIMIT 1`),
    };
    this.#all = db.prepare(current).raw();
    this.#open = db.prepare(
      `INSERT INTO "${name}" (stream, ${list}, from_entry, to_entry) VALUES (?, ${columns.map(() => '?').join(', ')}, ?, ${OPEN_ENDED})`,
    );
    this.#close = db.prepare(`UPDATE "${name}" SET to_entry = ? WHERE row = ?`);
    this.#search =
      table.search === undefined
        ? undefined
        : {
            column: columns.indexOf(table.search),
            add: db.prepare(`INSERT INTO "${name}_search" (rowid, words) VALUES (?, ?)`),
          };
  }

  get(stream: string, key: SqlValues): CurrentRow | undefined {
    const found = this.#get.get(stream, ...key) as SqlValue[] | undefined;
    return found && toRowVersion(found);
  }

  getNeighbor(stream: string, key: SqlValues, direction: Direction): CurrentRow | undefined {
    const found = this.#neighbors[direction].get(stream, ...key) as SqlValue[] | undefined;
    return found && toRowVersion(found);
  }

  all(stream: string): readonly CurrentRow[] {
    return (this.#all.all(stream) as SqlValue[][]).map(toRowVersion);
  }

  apply(stream: string, { before, after }: StagedChange, entry: number): void {
    if (before) this.#close.run(entry, before.row);
    if (!after) return;
    const { lastInsertRowid } = this.#open.run([stream, ...after, entry]);
    const text = this.#search && after[this.#search.column];
    if (typeof text === 'string') this.#search?.add.run(lastInsertRowid, toSearchableText(text));
  }
}

const toRowVersion = ([row, ...values]: SqlValue[]): CurrentRow => ({ row: row as number, values });
