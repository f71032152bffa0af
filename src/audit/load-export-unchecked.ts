// An exported book as a ledger to be audited: written down as it is, whatever is wrong with it.
import Database from 'better-sqlite3';
import type { Entry } from '../ledger/entry.js';
import { parseRequestKey, SCHEMA, getSqliteCode } from '../ledger/sqlite/schema.js';
import { TreeWriter } from '../ledger/sqlite/sqlite-tile-store.js';

/** Entries that stand where no entry can. The message is a sentence. */
export class MisplacedEntryError extends Error {}

/**
 * Makes the file of a ledger from entries. What one entry says is not looked at, but there must be each number once,
 * and each revision of a stream: else OutOfPlace is thrown. Yields how many are written.
 */
export async function* loadExportUnchecked(
  file: string,
  pages: AsyncIterable<readonly Entry[]>,
): AsyncGenerator<number> {
  const db = new Database(file);
  try {
    // It is thrown away in any case.
    db.pragma('journal_mode = MEMORY');
    db.pragma('synchronous = OFF');
    db.exec(SCHEMA);
    const insert = db.prepare(
      `INSERT INTO entries (entry, id, stream, revision, type, recorded_at, data, metadata, request_key, previous, leaf)
       VALUES (@entry, @id, @stream, @revision, @type, @recordedAt, @data, @metadata, @requestKey, @previous, @leaf)`,
    );
    const tree = new TreeWriter(db, 0);
    let entries = 0;
    for await (const page of pages) {
      db.transaction(() => {
        for (const entry of page) {
          if (entry.entry !== ++entries)
            throw new MisplacedEntryError(`Entry ${entry.entry} stands where entry ${entries} must.`);
          try {
            insert.run({ ...entry, requestKey: parseRequestKey(entry.metadata) });
          } catch (error) {
            if (!getSqliteCode(error).startsWith('SQLITE_CONSTRAINT')) throw error;
            const { stream, revision } = entry;
            throw new MisplacedEntryError(
              `Entry ${entries} is ${stream}@${revision}, which an entry before it is.`,
            );
          }
          tree.push(entry.leaf);
        }
      })();
      yield entries;
    }
  } finally {
    db.close();
  }
}
