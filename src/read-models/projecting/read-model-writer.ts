// A read model's file as its one writer sees it. Folding is exactly once because rows and checkpoint are one
// transaction: a crash leaves the file as of some earlier checkpoint, from which the next start goes on.
import Database from 'better-sqlite3';
import type { Fact } from '../../eventsourcing/amendments.js';
import { sqliteCode } from '../../ledger/sqlite/schema.js';
import { type Change, Draft, type Version } from './row-changes.js';
import type { Generation } from './generations.js';
import type { AnyReadModel, Handler, Value } from '../declaration/read-model.js';
import { searchable } from '../declaration/search-text.js';
import { sentence, type Stamp, type Unreadable } from './entry-batches.js';
import { schemaOf, shapesOf, STANDING, type TableShape, type Values } from '../declaration/table-schema.js';

/** A stream that this read model could not digest: it stands as it was before `stamp`. */
export type Parked = {
  readonly stream: string;
  /** The entry that could not be digested, and that of the rows that it would have made. */
  readonly entry: number;
  readonly stamp: number;
  readonly reason: string;
};

/** A stream as it stands after a correction. */
export type History = {
  readonly types: ReadonlySet<string>;
  readonly facts: readonly Fact[];
  readonly unreadable?: Unreadable;
};

/** How many entries that concern nothing may pass before the checkpoint is written all the same. */
const CHECKPOINT_EVERY = 10_000;

export class ModelFile {
  readonly #db: Database.Database;
  readonly #tables: readonly TableStatements[];
  readonly #draft: Draft;
  /** By event type, as far as such types were met. */
  readonly #handlers = new Map<string, readonly Handler[]>();
  readonly #parked = new Map<string, Parked>();
  readonly #begin: Database.Statement;
  readonly #commit: Database.Statement;
  readonly #rollback: Database.Statement;
  readonly #checkpoint: Database.Statement;
  /** Parked since the last commit. */
  #parking: Parked[] = [];
  #entry: number;
  #leaf: Buffer | null;
  #written: number;
  #inTransaction = false;
  #indexed = false;

  /** Creates the file's tables in an empty file, with nothing folded and not yet complete. */
  static create(generation: Generation, model: AnyReadModel): ModelFile {
    const db = connect(generation.file);
    try {
      build(db);
      const { tables, indexes } = schemaOf(model);
      db.transaction(() => {
        db.exec(tables);
        db.prepare('INSERT INTO checkpoint VALUES (0, NULL, 0, ?)').run(tables + indexes);
      })();
      return new ModelFile(db, generation, model);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Undefined if the file is not a complete generation of this read model as it is declared now. */
  static open(generation: Generation, model: AnyReadModel): ModelFile | undefined {
    const db = connect(generation.file);
    try {
      const { tables, indexes } = schemaOf(model);
      const found = db.prepare('SELECT complete, schema FROM checkpoint').get() as
        { complete: number; schema: string } | undefined;
      if (found?.complete === 1 && found.schema === tables + indexes) {
        serve(db); // a crash may have come between the mark and the change of mode
        return new ModelFile(db, generation, model);
      }
      db.close();
      return undefined;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Opens a file that was closed before it was complete, to fold on. Undefined if it is not of this declaration. */
  static goOn(generation: Generation, model: AnyReadModel): ModelFile | undefined {
    const db = connect(generation.file);
    try {
      build(db);
      const { tables, indexes } = schemaOf(model);
      if (db.prepare('SELECT schema FROM checkpoint').pluck().get() === tables + indexes)
        return new ModelFile(db, generation, model);
      db.close();
      return undefined;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  private constructor(
    db: Database.Database,
    readonly generation: Generation,
    readonly model: AnyReadModel,
  ) {
    this.#db = db;
    const shapes = shapesOf(model);
    this.#tables = shapes.map((shape) => new TableStatements(db, shape));
    this.#draft = new Draft(shapes, {
      get: (table, stream, key) => this.#tables[table]?.get(stream, key),
      all: (table, stream) => this.#tables[table]?.all(stream) ?? [],
    });
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
    this.#checkpoint = db.prepare('UPDATE checkpoint SET entry = ?, leaf = ?');
    const { entry, leaf } = db.prepare('SELECT entry, leaf FROM checkpoint').get() as {
      entry: number;
      leaf: Buffer | null;
    };
    this.#entry = this.#written = entry;
    this.#leaf = leaf;
    for (const parked of db.prepare('SELECT * FROM parked').all() as Parked[])
      this.#parked.set(parked.stream, parked);
  }

  /** The last entry that is folded and committed. */
  get entry(): number {
    return this.#entry;
  }

  /** The leaf hash of that entry; null at entry 0. */
  get leaf(): Buffer | null {
    return this.#leaf;
  }

  /** Oldest first. */
  get parked(): readonly Parked[] {
    return [...this.#parked.values()].sort((a, b) => a.stamp - b.stamp);
  }

  /**
   * Folds a stamp. What it changes is in the file after `commit`, or never. `history` is the stream as it stands
   * with this stamp, asked for only if the stamp amends. Throws what SQLite or `history` throws, and only that.
   */
  fold(stamp: Stamp, history: () => History): void {
    if (this.#parked.has(stamp.stream)) return;
    let said: Pick<Stamp, 'facts' | 'unreadable'> = stamp;
    if (stamp.amends) {
      const whole = history();
      if (!this.#concerns(whole.types)) return;
      said = whole;
    } else if (!this.#concerns(stamp.types)) return;
    if (said.unreadable) return this.#park(stamp, said.unreadable);

    this.#draft.begin(stamp.stream, { anew: stamp.amends, first: stamp.first.revision === 0 });
    for (const fact of said.facts)
      for (const handler of this.#handlersOf(fact.type))
        try {
          handler(fact, this.#draft.rows);
        } catch (error) {
          if (isSqlite(error)) throw error;
          return this.#park(stamp, { entry: fact.entry, reason: `${fact.type}: ${sentence(error)}` });
        }
    const changes = this.#draft.changes();
    if (changes.length === 0) return;
    this.#write();
    for (const change of changes) this.#tables[change.table]?.apply(stamp.stream, change, stamp.at);
  }

  /** Everything up to this entry is folded. Returns what was parked on the way. */
  commit(entry: number, leaf: Buffer): readonly Parked[] {
    // What concerned nothing may be folded again after a crash, so it need not be written each time.
    if (entry - this.#written >= CHECKPOINT_EVERY) this.#write();
    if (this.#inTransaction) {
      this.#checkpoint.run(entry, leaf);
      this.#commit.run();
      this.#inTransaction = false;
      this.#written = entry;
    }
    this.#entry = entry;
    this.#leaf = leaf;
    const parked = this.#parking;
    this.#parking = [];
    return parked;
  }

  /** Forgets everything since the last commit. */
  rollback(): void {
    for (const { stream } of this.#parking) this.#parked.delete(stream);
    this.#parking = [];
    this.#inTransaction = false;
    // Some errors have rolled back already.
    if (this.#db.inTransaction) this.#rollback.run();
  }

  /** Gives a new file its indexes, which is faster at once than row by row. Folding may go on afterwards. */
  index(): void {
    this.#db.exec(schemaOf(this.model).indexes);
    this.#indexed = true;
  }

  get indexed(): boolean {
    return this.#indexed;
  }

  /**
   * Marks a new file as one that may go live. Once this returns it is that on disk, too; a crash before leaves a
   * file that is not complete. The rollback journal sees to that: it is on disk before the mark is written, and
   * gone only after everything else is there as well.
   */
  complete(): void {
    if (!this.#indexed) this.index();
    this.#db.pragma('journal_mode = DELETE');
    this.#db.pragma('synchronous = FULL');
    this.#db.prepare('UPDATE checkpoint SET complete = 1, entry = ?, leaf = ?').run(this.#entry, this.#leaf);
    this.#written = this.#entry;
    serve(this.#db);
  }

  close(): void {
    try {
      if (this.#written !== this.#entry) this.#checkpoint.run(this.#entry, this.#leaf);
    } catch {
      // The next start folds again what concerned nothing.
    }
    this.#db.close();
  }

  #concerns(types: Iterable<string>): boolean {
    for (const type of types) if (this.#handlersOf(type).length > 0) return true;
    return false;
  }

  #handlersOf(type: string): readonly Handler[] {
    let handlers = this.#handlers.get(type);
    if (!handlers) {
      handlers = this.model.handlers
        .flatMap(({ when, whenever }) => [Object.hasOwn(when, type) ? when[type] : undefined, whenever])
        .filter((handler) => handler !== undefined);
      this.#handlers.set(type, handlers);
    }
    return handlers;
  }

  #park({ stream, at }: Stamp, { entry, reason }: Unreadable): void {
    const parked: Parked = { stream, entry, stamp: at, reason };
    this.#write();
    this.#db
      .prepare('INSERT INTO parked (stream, entry, stamp, reason) VALUES (?, ?, ?, ?)')
      .run(stream, entry, at, reason.toWellFormed());
    this.#parked.set(stream, parked);
    this.#parking.push(parked);
  }

  #write(): void {
    if (this.#inTransaction) return;
    this.#begin.run();
    this.#inTransaction = true;
  }
}

export const isSqlite = (error: unknown): error is Error & { readonly code: string } =>
  sqliteCode(error) !== '';

const connect = (file: string): Database.Database =>
  new Database(file, { fileMustExist: true, timeout: 1000 });

/** What is not complete is thrown away after a crash, so nothing of it has to survive one. */
function build(db: Database.Database): void {
  db.pragma('journal_mode = MEMORY');
  db.pragma('synchronous = OFF');
}

/** Nothing here is the only copy of anything: after a power loss the file may be a little older, never torn. */
function serve(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  // 16 MB. A batch changes the same pages as the one before: four times as many go to the disk as one.
  db.pragma('wal_autocheckpoint = 4000');
}

/** Reading and writing the versions of one table. */
class TableStatements {
  readonly #get: Database.Statement<unknown[]>;
  readonly #all: Database.Statement<unknown[]>;
  readonly #open: Database.Statement<unknown[]>;
  readonly #close: Database.Statement<unknown[]>;
  readonly #search: { readonly column: number; readonly add: Database.Statement<unknown[]> } | undefined;

  constructor(db: Database.Database, { name, columns, table }: TableShape) {
    const list = columns.map((column) => `"${column}"`).join(', ');
    const standing = `SELECT row, ${list} FROM "${name}" INDEXED BY "${name}_standing" WHERE to_entry = ${STANDING} AND stream = ?`;
    this.#get = db.prepare(`${standing} ${table.key.map((column) => `AND "${column}" = ?`).join(' ')}`).raw();
    this.#all = db.prepare(standing).raw();
    this.#open = db.prepare(
      `INSERT INTO "${name}" (stream, ${list}, from_entry, to_entry) VALUES (?, ${columns.map(() => '?').join(', ')}, ?, ${STANDING})`,
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

  get(stream: string, key: Values): Version | undefined {
    const found = this.#get.get(stream, ...key) as Value[] | undefined;
    return found && version(found);
  }

  all(stream: string): readonly Version[] {
    return (this.#all.all(stream) as Value[][]).map(version);
  }

  apply(stream: string, { before, after }: Change, at: number): void {
    if (before) this.#close.run(at, before.row);
    if (!after) return;
    const { lastInsertRowid } = this.#open.run([stream, ...after, at]);
    const text = this.#search && after[this.#search.column];
    if (typeof text === 'string') this.#search?.add.run(lastInsertRowid, searchable(text));
  }
}

const version = ([row, ...values]: Value[]): Version => ({ row: row as number, values });
