import Database from 'better-sqlite3';
import { DamagedEntry, type Entry } from '../entry.js';
import { type Head, Ledger } from '../ledger.js';
import { MerkleTree } from '../merkle/merkle-tree.js';
import { assertSchema, ENTRY_COLUMNS, entryOf, type EntryRow, unusable } from './schema.js';
import { lookupQuery } from './json-indexes.js';
import { SqliteTiles } from './sqlite-tile-store.js';

/** ledger.db, read. Any number of these may be open, in any thread, beside the one writer. */
export class SqliteLedger extends Ledger {
  readonly tree: MerkleTree;
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();

  constructor(file: string) {
    super();
    try {
      this.#db = new Database(file, { readonly: true, fileMustExist: true });
      assertSchema(this.#db);
    } catch (error) {
      throw unusable(file, error);
    }
    this.tree = new MerkleTree(new SqliteTiles(this.#db));
  }

  head(): Head {
    const last = this.#entries('ORDER BY entry DESC LIMIT 1')[0];
    return last ?? { entry: 0, leaf: null, recordedAt: null };
  }

  after(entry: number, limit: number): Entry[] {
    const entries = this.#entries('WHERE entry > ? ORDER BY entry LIMIT ?', entry, limit);
    const gap = entries.findIndex((each, index) => each.entry !== entry + 1 + index);
    if (gap !== -1) throw new DamagedEntry(entry + 1 + gap, 'is missing');
    return entries;
  }

  byEntry(entry: number): Entry | undefined {
    const [found] = this.#entries('WHERE entry = ?', entry);
    if (!found && entry >= 1 && entry < this.head().entry) throw new DamagedEntry(entry, 'is missing');
    return found;
  }

  byId(id: string): Entry | undefined {
    return this.#entries('WHERE id = ?', id)[0];
  }

  byRequest(key: string): Entry[] {
    return this.#entries('WHERE request_key = ? ORDER BY entry', key);
  }

  stream(stream: string, fromRevision = 0, limit = -1): Entry[] {
    // Most commands begin a stream, and asking whether there is one costs a tenth of asking for its entries.
    if (!this.#statement('SELECT 1 FROM entries WHERE stream = ? LIMIT 1').pluck().get(stream)) return [];
    const entries = this.#entries(
      'WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?',
      stream,
      fromRevision,
      limit,
    );
    let [revision, leaf] = [fromRevision, undefined as Buffer | undefined];
    for (const entry of entries) {
      if (entry.revision !== revision++ || (leaf && !entry.previous?.equals(leaf)))
        throw new DamagedEntry(entry.entry, 'does not follow the one before it in its stream');
      leaf = entry.leaf;
    }
    return entries;
  }

  ofTypes(stream: string, types: Iterable<string>): Entry[] {
    return this.#entries(
      'WHERE stream = ? AND type IN (SELECT value FROM json_each(?)) ORDER BY revision',
      stream,
      JSON.stringify([...types]),
    );
  }

  revision(stream: string): number {
    const last = this.#statement(
      'SELECT revision FROM entries WHERE stream = ? ORDER BY revision DESC LIMIT 1',
    ).pluck();
    return (last.get(stream) as number | undefined) ?? -1;
  }

  lookUp(event: string, field: string, value: string): string[] {
    return this.#statement(lookupQuery({ event, field })).pluck().all({ value }) as string[];
  }

  entryAt(instant: string): number {
    // recordedAt never decreases, so a search by halves needs no index over it.
    let [low, high] = [0, this.head().entry];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const entry = this.byEntry(middle);
      if (entry && entry.recordedAt <= instant) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  close(): void {
    this.#db.close();
  }

  #entries(clause: string, ...parameters: unknown[]): Entry[] {
    const sql = `SELECT ${ENTRY_COLUMNS} FROM entries ${clause}`;
    return (this.#statement(sql).all(...parameters) as EntryRow[]).map(entryOf);
  }

  #statement(sql: string): Database.Statement<unknown[]> {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
}
