import type Database from 'better-sqlite3';

/** Alters a ledger as whoever hides it would: the triggers that refuse it are dropped, and there again afterwards. */
export function withoutTriggers(db: Database.Database, alter: () => void): void {
  const triggers = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all() as {
    readonly name: string;
    readonly sql: string;
  }[];
  for (const { name } of triggers) db.exec(`DROP TRIGGER "${name}"`);
  alter();
  for (const { sql } of triggers) db.exec(sql);
}
