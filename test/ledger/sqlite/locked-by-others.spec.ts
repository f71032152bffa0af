// Another program, such as a backup tool or a database browser, holds SQLite's lock on ledger.db.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { SqliteSequencer } from '../../../src/ledger/sqlite/sqlite-sequencer.js';
import { waitUntil } from '../../support/wait-until.js';
import { createAppend } from '../support/create-append.js';
import { assertLedgerIntegrity } from '../support/ledger-integrity.js';
import { createTemporaryDirectory } from '../support/temporary-directory.js';

/** Returns the function that gives the lock back. */
function holdLock(file: string): () => void {
  const db = new Database(file);
  db.exec('BEGIN IMMEDIATE');
  return () => {
    db.exec('ROLLBACK');
    db.close();
  };
}

describe('while another program holds the lock of ledger.db', () => {
  let file: string;
  let sequencer: SqliteSequencer;
  let ledger: SqliteLedger;
  let fatal: string[];
  const open = async () => {
    sequencer = await SqliteSequencer.open(file, (sentence) => fatal.push(sentence));
    ledger = new SqliteLedger(file);
  };
  beforeEach(async () => {
    file = join(createTemporaryDirectory(), 'ledger.db');
    fatal = [];
    await open();
    await sequencer.append(createAppend('a-1', -1));
  });
  afterEach(async () => {
    await sequencer.close();
    assertLedgerIntegrity(ledger);
    ledger.close();
    expect(fatal).toEqual([]);
  });

  it('refuses appends as busy, reads go on, and appends are recorded once it is given back', async () => {
    const release = holdLock(file);
    const refused = await Promise.allSettled([
      sequencer.append(createAppend('a-1', 0)),
      sequencer.append(createAppend('a-2', -1)),
    ]);
    for (const each of refused)
      expect(each).toMatchObject({ reason: { code: 'busy', retryAfterSeconds: 1 } });
    expect(sequencer.refusal).toMatchObject({ code: 'busy' });
    expect(ledger.getHead().entry).toBe(1);
    release();
    await waitUntil(() => sequencer.refusal === undefined);
    expect(await sequencer.append(createAppend('a-1', 0))).toMatchObject({ outcome: 'appended', entry: 2 });
  });

  it('refuses the import of a book as busy', async () => {
    await sequencer.close();
    ledger.close();
    file = join(createTemporaryDirectory(), 'ledger.db');
    await open();
    const release = holdLock(file);
    async function* noPages(): AsyncGenerator<never> {
      await Promise.resolve();
      yield* [];
    }
    await expect(sequencer.importEntries(noPages(), null)).rejects.toMatchObject({ code: 'busy' });
    release();
    expect(await sequencer.importEntries(noPages(), null)).toBe(0);
  });

  it('opens for reading, and records once it is given back', async () => {
    await sequencer.close();
    ledger.close();
    const release = holdLock(file);
    await open();
    expect(ledger.readAfter(0, 10)).toHaveLength(1);
    expect(sequencer.refusal).toMatchObject({ code: 'busy' });
    await expect(sequencer.append(createAppend('a-1', 0))).rejects.toMatchObject({ code: 'busy' });
    release();
    await waitUntil(() => sequencer.refusal === undefined);
    expect(await sequencer.append(createAppend('a-1', 0))).toMatchObject({ outcome: 'appended', entry: 2 });
  });

  it('stops within a bounded number of waits', async () => {
    const release = holdLock(file);
    const pending = [sequencer.append(createAppend('a-1', 0)), sequencer.append(createAppend('a-2', -1))];
    const closed = sequencer.close();
    const outcomes = await Promise.allSettled(pending);
    await closed;
    release();
    expect(outcomes).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  });
});

it('a trial whether the ledger can be written changes nothing in it', () => {
  const file = join(createTemporaryDirectory(), 'ledger.db');
  const writer = new LedgerWriter(file);
  writer.commit([createAppend('a-1', -1)]);
  expect(() => writer.probe()).not.toThrow();
  expect(writer.head).toBe(1);
  writer.close();
});
