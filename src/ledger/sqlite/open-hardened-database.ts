import Database from 'better-sqlite3';

/**
 * Opens a file of this program. A file that somebody else altered is not trusted: its schema cannot call functions with
 * side effects, and a cell that reaches out of its page is an error and not read (https://sqlite.org/security.html).
 * Defensive mode, in which no statement can write the schema tables or the shadow tables of an index, is set by the
 * binding. Throws what SQLite throws.
 */
export function openHardenedDatabase(file: string, options?: Database.Options): Database.Database {
  const db = new Database(file, options);
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  return db;
}
