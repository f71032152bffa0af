// Loads an export into a ledger file to be audited, unchanged, whatever is wrong with it.
import { openHardenedDatabase } from '../ledger/sqlite/open-hardened-database.js';
import { ApplicationError } from '../errors/application-error.js';
import type { Entry } from '../ledger/entry.js';
import { parseRequestKey } from '../ledger/sqlite/entry-row.js';
import { SCHEMA } from '../ledger/sqlite/schema.js';
import { getSqliteCode } from '../ledger/sqlite/sqlite-errors.js';
import { MerkleTreeWriter } from '../ledger/sqlite/sqlite-tile-store.js';

/** An entry at a number or revision where it cannot be. The message is a sentence. */
export class MisplacedEntryError extends ApplicationError {
  readonly code = 'misplaced-entry';
}

/**
 * Creates the file of a ledger from entries. The content of entries is not checked, but each number and each revision of
 * a stream must occur once: else MisplacedEntryError is thrown. Yields how many are written.
 */
export async function* loadExportUnchecked(
  file: string,
  pages: AsyncIterable<readonly Entry[]>,
): AsyncGenerator<number> {
  const db = openHardenedDatabase(file);
  try {
    // The file is temporary.
    db.pragma('journal_mode = MEMORY');
    db.pragma('synchronous = OFF');
    db.exec(SCHEMA);
    const insert = db.prepare(
      `INSERT INTO entries (entry, id, stream, revision, type, recorded_at, data, metadata, request_key, previous, leaf)
       VALUES (@entry, @id, @stream, @revision, @type, @recordedAt, @data, @metadata, @requestKey, @previous, @leaf)`,
    );
    const tree = new MerkleTreeWriter(db, 0);
    let entries = 0;
    for await (const page of pages) {
      db.transaction(() => {
        for (const entry of page) {
          if (entry.entry !== ++entries)
            throw new MisplacedEntryError(`Entry ${entry.entry} is where entry ${entries} must be.`);
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
