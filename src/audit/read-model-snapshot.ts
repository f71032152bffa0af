// A read model's file as it was when it had reached an entry, whatever was folded into it since.
import Database from 'better-sqlite3';
import type { Value } from '../read-models/declaration/read-model.js';
import { STANDING, type TableShape, type Values } from '../read-models/declaration/table-schema.js';

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

export type Checkpoint = {
  readonly entry: number;
  readonly leaf: string | null;
  readonly complete: number;
  readonly schema: string;
};

/**
 * What comes after the entry is left out: versions that were opened later, and that a version was closed later. Only
 * what lies beyond the file's checkpoint is never left out, since nothing can have been folded there.
 */
export class FileAsOf {
  readonly #db: Database.Database;
  readonly checkpoints: readonly Checkpoint[];
  #bounds = { entry: 0, last: 0 };

  /** Throws what SQLite throws. The file is read as it is now, also if somebody goes on writing to it. */
  constructor(readonly file: string) {
    this.#db = new Database(file, { readonly: true, fileMustExist: true, timeout: 1000 });
    try {
      this.#db.exec('BEGIN');
      this.checkpoints = this.#db
        .prepare('SELECT entry, lower(hex(leaf)) AS leaf, complete, schema FROM checkpoint')
        .all()
        .map((found) => found as Checkpoint)
        .map((found) => ({ ...found, leaf: found.leaf === '' ? null : found.leaf }));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** The last entry that is folded into it. */
  get last(): number {
    return Math.max(0, ...this.checkpoints.map(({ entry }) => entry));
  }

  at(entry: number): void {
    this.#bounds = { entry, last: this.last };
  }

  /** Everything that the file is made of: type, name, SQL. */
  schema(): IterableIterator<Values> {
    return this.#rows('SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2');
  }

  /** Stream, then entry, stamp, reason. */
  parked(): IterableIterator<Values> {
    return this.#rows(
      `SELECT stream, entry, stamp, reason FROM parked WHERE NOT (${this.#isLater('stamp')}) ORDER BY 1`,
    );
  }

  /** Versions by their numbers: row, then the columns of `versions`. */
  numbered(shape: TableShape): IterableIterator<Values> {
    return this.#rows(`SELECT row, ${this.#version(shape)} ORDER BY 1`);
  }

  /** Versions by what they are of: stream, key, from_entry; then all columns, then to_entry. */
  versions(shape: TableShape): IterableIterator<Values> {
    return this.#rows(
      `SELECT ${this.#version(shape)} ORDER BY stream, ${quoted(shape.table.key)}, from_entry, row`,
    );
  }

  /** The full-text index: each word with the row that it stands in and its place there. */
  words({ name }: TableShape): IterableIterator<Values> {
    // The index holds no texts, but its words can be listed (https://sqlite.org/fts5.html#the_fts5vocab_virtual_table_module),
    // in the order of word, row, place: that of the index itself.
    const words = `temp."${name}_words"`;
    this.#db.exec(
      `CREATE VIRTUAL TABLE IF NOT EXISTS ${words} USING fts5vocab(main, "${name}_search", instance)`,
    );
    const later = this.#db
      .prepare(`SELECT min(row) FROM "${name}" WHERE ${this.#isLater('from_entry')}`)
      .pluck();
    const end = (later.get(this.#bounds) as number | null) ?? STANDING;
    return this.#rows(`SELECT term, doc, offset FROM ${words} WHERE doc < ${end}`);
  }

  /** Stream, key, from_entry of a row with this number. */
  named({ name, table }: TableShape, row: number): Values | undefined {
    return this.#db
      .prepare(`SELECT stream, ${quoted(table.key)}, from_entry FROM "${name}" WHERE row = ?`)
      .raw()
      .get(row) as Values | undefined;
  }

  /** Whether anything was made, closed or parked after an entry. */
  movedAfter(entry: number, shapes: readonly TableShape[]): boolean {
    const questions = [
      'SELECT EXISTS (SELECT 1 FROM parked WHERE stamp > @entry)',
      ...shapes.map(
        ({ name }) =>
          `SELECT EXISTS (SELECT 1 FROM "${name}" WHERE from_entry > @entry OR (to_entry > @entry AND to_entry < ${STANDING}))`,
      ),
    ];
    return questions.some((sql) => this.#db.prepare(sql).pluck().get({ entry }) === 1);
  }

  close(): void {
    this.#db.close();
  }

  #isLater(column: string): string {
    return `"${column}" > @entry AND "${column}" <= @last`;
  }

  #version({ name, columns, table }: TableShape): string {
    return `stream, ${quoted(table.key)}, from_entry, ${quoted(columns)},
      CASE WHEN ${this.#isLater('to_entry')} THEN ${STANDING} ELSE to_entry END AS to_entry
      FROM "${name}" WHERE NOT (${this.#isLater('from_entry')})`;
  }

  #rows(sql: string): IterableIterator<Values> {
    const statement = this.#db.prepare<unknown[], Value[]>(sql).raw();
    return statement.iterate(this.#bounds);
  }
}
