import { join } from 'node:path';
import Database from 'better-sqlite3';
import { assertDurable, LedgerUnusable } from '../../../src/ledger/sqlite/schema.js';
import { folder } from '../support/temporary-directory.js';

function checked(journal: string, synchronous: string): () => void {
  return () => {
    const db = new Database(join(folder(), 'ledger.db'));
    try {
      db.pragma(`journal_mode = ${journal}`);
      db.pragma(`synchronous = ${synchronous}`);
      assertDurable(db);
    } finally {
      db.close();
    }
  };
}

describe('a connection that commits', () => {
  it('in WAL mode with FULL is durable', () => expect(checked('WAL', 'FULL')).not.toThrow());

  it.each([
    ['WAL', 'NORMAL'],
    ['WAL', 'OFF'],
    ['DELETE', 'FULL'],
    ['MEMORY', 'FULL'],
  ])('in %s mode with %s is refused', (journal, synchronous) => {
    expect(checked(journal, synchronous)).toThrow(LedgerUnusable);
    expect(checked(journal, synchronous)).toThrow('must run in journal mode wal with synchronous=2 (FULL)');
  });
});
