import Database from 'better-sqlite3';
import { type Entry, verified } from '../entry.js';
import { type Head, Ledger } from '../ledger.js';
import { assertSchema, ENTRY_COLUMNS } from './schema.js';

/** ledger.db, read. Any number of these may be open, in any thread, beside the one writer. */
export class SqliteLedger extends Ledger {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();

  constructor(file: string) {
    super();
    this.#db = new Database(file, { readonly: true, fileMustExist: true });
    assertSchema(this.#db);
  }

  head(): Head {
    const last = this.#entries('ORDER BY entry DESC LIMIT 1')[0];
    return last ?? { entry: 0, leaf: null, recordedAt: null };
  }

  after(entry: number, limit: number): Entry[] {
    return this.#entries('WHERE entry > ? ORDER BY entry LIMIT ?', entry, limit);
  }

  byEntry(entry: number): Entry | undefined {
    return this.#entries('WHERE entry = ?', entry)[0];
  }

  byId(id: string): Entry | undefined {
    return this.#entries('WHERE id = ?', id)[0];
  }

  byRequest(key: string): Entry[] {
    return this.#entries('WHERE request_key = ? ORDER BY entry', key);
  }

  stream(stream: string, fromRevision = 0, limit = -1): Entry[] {
    return this.#entries(
      'WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?',
      stream,
      fromRevision,
      limit,
    );
  }

  revision(stream: string): number {
    const { revision } = this.#statement(
      'SELECT max(revision) AS revision FROM entries WHERE stream = ?',
    ).get(stream) as { revision: number | null };
    return revision ?? -1;
  }

  entryAt(instant: string): number {
    // recordedAt never decreases, so a search by halves needs no index over it.
    const recordedAt = this.#statement('SELECT recorded_at FROM entries WHERE entry = ?').pluck();
    let [low, high] = [0, this.head().entry];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((recordedAt.get(middle) as string) <= instant) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  close(): void {
    this.#db.close();
  }

  #entries(clause: string, ...parameters: unknown[]): Entry[] {
    const sql = `SELECT ${ENTRY_COLUMNS} FROM entries ${clause}`;
    return (this.#statement(sql).all(...parameters) as Entry[]).map(verified);
  }

  #statement(sql: string): Database.Statement<unknown[]> {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
}
