import Database from 'better-sqlite3';
import { DamagedEntryError, type Entry } from '../entry.js';
import { type LedgerHead, Ledger } from '../ledger.js';
import { MerkleTree } from '../merkle/merkle-tree.js';
import { assertSchema } from './schema.js';
import { ENTRY_COLUMNS, parseEntryRow, type EntryRow } from './entry-row.js';
import { toLedgerUnusableError } from './sqlite-errors.js';
import { buildStreamsQuery } from './json-indexes.js';
import { SqliteTileStore } from './sqlite-tile-store.js';

/** Reads ledger.db. Any number of these may be open, in any thread, beside the one writer. */
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
      throw toLedgerUnusableError(file, error);
    }
    this.tree = new MerkleTree(new SqliteTileStore(this.#db));
  }

  getHead(): LedgerHead {
    const last = this.#queryEntries('ORDER BY entry DESC LIMIT 1')[0];
    return last ?? { entry: 0, leaf: null, recordedAt: null };
  }

  readAfter(entry: number, limit: number): Entry[] {
    const entries = this.#queryEntries('WHERE entry > ? ORDER BY entry LIMIT ?', entry, limit);
    const gap = entries.findIndex((each, index) => each.entry !== entry + 1 + index);
    if (gap !== -1) throw new DamagedEntryError(entry + 1 + gap, 'is missing');
    return entries;
  }

  findByNumber(entry: number): Entry | undefined {
    const [found] = this.#queryEntries('WHERE entry = ?', entry);
    if (!found && entry >= 1 && entry < this.getHead().entry)
      throw new DamagedEntryError(entry, 'is missing');
    return found;
  }

  findById(id: string): Entry | undefined {
    return this.#queryEntries('WHERE id = ?', id)[0];
  }

  findByRequestKey(key: string): Entry[] {
    return this.#queryEntries('WHERE request_key = ? ORDER BY entry', key);
  }

  readStream(stream: string, fromRevision = 0, limit = -1): Entry[] {
    // Most commands start a new stream, and the check for existence costs a tenth of the query for entries.
    if (!this.#prepareCached('SELECT 1 FROM entries WHERE stream = ? LIMIT 1').pluck().get(stream)) return [];
    const entries = this.#queryEntries(
      'WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?',
      stream,
      fromRevision,
      limit,
    );
    let [revision, leaf] = [fromRevision, undefined as Buffer | undefined];
    for (const entry of entries) {
      if (entry.revision !== revision++ || (leaf && !entry.previous?.equals(leaf)))
        throw new DamagedEntryError(entry.entry, 'does not follow the one before it in its stream');
      leaf = entry.leaf;
    }
    return entries;
  }

  readStreamByTypes(stream: string, types: Iterable<string>): Entry[] {
    return this.#queryEntries(
      'WHERE stream = ? AND type IN (SELECT value FROM json_each(?)) ORDER BY revision',
      stream,
      JSON.stringify([...types]),
    );
  }

  getStreamRevision(stream: string): number {
    const last = this.#prepareCached(
      'SELECT revision FROM entries WHERE stream = ? ORDER BY revision DESC LIMIT 1',
    ).pluck();
    return (last.get(stream) as number | undefined) ?? -1;
  }

  findStreamsByField(event: string, field: string, value: string): string[] {
    return this.#prepareCached(buildStreamsQuery({ event, field })).pluck().all({ value }) as string[];
  }

  findEntryByTime(instant: string): number {
    // recordedAt never decreases, so a binary search needs no index over it.
    let [low, high] = [0, this.getHead().entry];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const entry = this.findByNumber(middle);
      if (entry && entry.recordedAt <= instant) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  close(): void {
    this.#db.close();
  }

  #queryEntries(clause: string, ...parameters: unknown[]): Entry[] {
    const sql = `SELECT ${ENTRY_COLUMNS} FROM entries ${clause}`;
    return (this.#prepareCached(sql).all(...parameters) as EntryRow[]).map(parseEntryRow);
  }

  #prepareCached(sql: string): Database.Statement<unknown[]> {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
}
