import { join } from 'node:path';
import Database from 'better-sqlite3';
import { assertDurabilityPragmas } from '../../../src/ledger/sqlite/durability-pragmas.js';
import { LedgerUnusableError } from '../../../src/ledger/ledger-unusable-error.js';
import { createTemporaryDirectory } from '../support/temporary-directory.js';

function createDurabilityCheck(journal: string, synchronous: string): () => void {
  return () => {
    const db = new Database(join(createTemporaryDirectory(), 'ledger.db'));
    try {
      db.pragma(`journal_mode = ${journal}`);
      db.pragma(`synchronous = ${synchronous}`);
      assertDurabilityPragmas(db);
    } finally {
      db.close();
    }
  };
}

describe('a connection that commits', () => {
  it('in WAL mode with FULL is durable', () => expect(createDurabilityCheck('WAL', 'FULL')).not.toThrow());

  it.each([
    ['WAL', 'NORMAL'],
    ['WAL', 'OFF'],
    ['DELETE', 'FULL'],
    ['MEMORY', 'FULL'],
  ])('in %s mode with %s is refused', (journal, synchronous) => {
    expect(createDurabilityCheck(journal, synchronous)).toThrow(LedgerUnusableError);
    expect(createDurabilityCheck(journal, synchronous)).toThrow(
      'must run in journal mode wal with synchronous=2 (FULL)',
    );
  });
});
