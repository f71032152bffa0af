// A read model's file as of an entry, whatever was projected into it since.
import type Database from 'better-sqlite3';
import { openHardenedDatabase } from '../ledger/sqlite/open-hardened-database.js';
import { LIVE_FILE_LOCK_WAIT_MS } from './timeouts.js';
import type { SqlValue } from '../read-models/declaration/view.js';
import { OPEN_ENDED, type TableSchema, type SqlValues } from '../read-models/declaration/table-schema.js';

const quoteColumns = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

type StoredPosition = {
  readonly entry: number;
  readonly leaf: string | null;
  readonly complete: number;
  readonly schema: string;
};

/**
 * Leaves out what comes after the entry: versions that were opened later, and the closing of versions later. Rows beyond
 * the file's position are never left out, since no projection can have written them.
 */
export class ReadModelSnapshot {
  readonly #db: Database.Database;
  readonly positions: readonly StoredPosition[];
  #bounds = { entry: 0, last: 0 };

  /** Throws what SQLite throws. The file is read as of now, also if its writer continues. */
  constructor(readonly file: string) {
    this.#db = openHardenedDatabase(file, {
      readonly: true,
      fileMustExist: true,
      timeout: LIVE_FILE_LOCK_WAIT_MS,
    });
    try {
      this.#db.exec('BEGIN');
      this.positions = this.#db
        .prepare('SELECT entry, lower(hex(leaf)) AS leaf, complete, schema FROM checkpoint')
        .all()
        .map((found) => found as StoredPosition)
        .map((found) => ({ ...found, leaf: found.leaf === '' ? null : found.leaf }));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** The last entry that is projected into it. */
  get lastEntry(): number {
    return Math.max(0, ...this.positions.map(({ entry }) => entry));
  }

  setEntry(entry: number): void {
    this.#bounds = { entry, last: this.lastEntry };
  }

  /** The schema of the file: type, name, SQL. */
  readSchema(): IterableIterator<SqlValues> {
    return this.#rows('SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2');
  }

  /** Stream, then entry, stamp, reason. */
  readParkedStreams(): IterableIterator<SqlValues> {
    return this.#rows(
      `SELECT stream, entry, stamp, reason FROM parked WHERE NOT (${this.#laterSql('stamp')}) ORDER BY 1`,
    );
  }

  /** Versions by their numbers: row, then the columns of `#versionSql`. */
  readVersionsByRow(shape: TableSchema): IterableIterator<SqlValues> {
    return this.#rows(`SELECT row, ${this.#versionSql(shape)} ORDER BY 1`);
  }

  /** Versions by stream, key and from_entry; then all columns, then to_entry. */
  readVersionsByKey(shape: TableSchema): IterableIterator<SqlValues> {
    return this.#rows(
      `SELECT ${this.#versionSql(shape)} ORDER BY stream, ${quoteColumns(shape.table.key)}, from_entry, row`,
    );
  }

  /** The full-text index: each word with its row and its offset there. */
  readSearchIndex({ name }: TableSchema): IterableIterator<SqlValues> {
    // The index has no texts, but its words can be listed (https://sqlite.org/fts5.html#the_fts5vocab_virtual_table_module),
    // in the order of the index itself: word, row, offset.
    const words = `temp."${name}_words"`;
    this.#db.exec(
      `CREATE VIRTUAL TABLE IF NOT EXISTS ${words} USING fts5vocab(main, "${name}_search", instance)`,
    );
    const later = this.#db
      .prepare(`SELECT min(row) FROM "${name}" WHERE ${this.#laterSql('from_entry')}`)
      .pluck();
    const end = (later.get(this.#bounds) as number | null) ?? OPEN_ENDED;
    return this.#rows(`SELECT term, doc, offset FROM ${words} WHERE doc < ${end}`);
  }

  /** Stream, key, from_entry of a row with this number. */
  findVersion({ name, table }: TableSchema, row: number): SqlValues | undefined {
    return this.#db
      .prepare(`SELECT stream, ${quoteColumns(table.key)}, from_entry FROM "${name}" WHERE row = ?`)
      .raw()
      .get(row) as SqlValues | undefined;
  }

  /** Whether a row was opened or closed, or a stream parked, after an entry. */
  hasChangedAfter(entry: number, shapes: readonly TableSchema[]): boolean {
    const checks = [
      'SELECT EXISTS (SELECT 1 FROM parked WHERE stamp > @entry)',
      ...shapes.map(
        ({ name }) =>
          `SELECT EXISTS (SELECT 1 FROM "${name}" WHERE from_entry > @entry OR (to_entry > @entry AND to_entry < ${OPEN_ENDED}))`,
      ),
    ];
    return checks.some((sql) => this.#db.prepare(sql).pluck().get({ entry }) === 1);
  }

  close(): void {
    this.#db.close();
  }

  #laterSql(column: string): string {
    return `"${column}" > @entry AND "${column}" <= @last`;
  }

  #versionSql({ name, columns, table }: TableSchema): string {
    return `stream, ${quoteColumns(table.key)}, from_entry, ${quoteColumns(columns)},
      CASE WHEN ${this.#laterSql('to_entry')} THEN ${OPEN_ENDED} ELSE to_entry END AS to_entry
      FROM "${name}" WHERE NOT (${this.#laterSql('from_entry')})`;
  }

  #rows(sql: string): IterableIterator<SqlValues> {
    const statement = this.#db.prepare<unknown[], SqlValue[]>(sql).raw();
    return statement.iterate(this.#bounds);
  }
}
