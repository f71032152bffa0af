// An overlay of the ledger: entries that are read like those of the ledger, and are in no file.
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { aggregates } from '../../../src/domain/aggregates.js';
import { createJsonIndexes } from '../../../src/ledger/sqlite/json-indexes.js';
import { LedgerOverlay } from '../../../src/ledger/sqlite/ledger-overlay.js';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { createAppend } from '../support/create-append.js';
import { createTemporaryDirectory } from '../support/temporary-directory.js';

const indexedFields = aggregates.flatMap(({ indexedFields = {} }) =>
  Object.entries(indexedFields).map(([field, event]) => ({ event, field })),
);
let file: string;
let writer: LedgerWriter;
let overlay: LedgerOverlay;
beforeEach(() => {
  file = join(createTemporaryDirectory(), 'ledger.db');
  writer = new LedgerWriter(file);
  createJsonIndexes(file, indexedFields);
  writer.commit([createAppend('a-1', -1, ['x', 'y'])]);
  overlay = new LedgerOverlay(file, { indexedFields });
});
afterEach(() => {
  overlay.close();
  writer.close();
});
const append = (...given: Parameters<typeof createAppend>) => overlay.append(createAppend(...given));

it('continues the ledger, and no other reader reads what it adds', async () => {
  expect(await append('a-1', 1, ['z'])).toMatchObject({ outcome: 'appended', entry: 3 });
  expect(await append('a-2', -1, ['p', 'q'])).toMatchObject({ outcome: 'appended', entry: 4 });
  const { ledger } = overlay;
  expect(ledger.getHead().entry).toBe(5);
  expect(ledger.readStream('a-1').map(({ entry }) => entry)).toEqual([1, 2, 3]);
  expect([ledger.getStreamRevision('a-1'), ledger.getStreamRevision('a-3')]).toEqual([2, -1]);
  expect(ledger.readAfter(1, 3).map(({ entry }) => entry)).toEqual([2, 3, 4]);
  const other = new SqliteLedger(file);
  expect([other.getHead().entry, other.getStreamRevision('a-2')]).toEqual([2, -1]);
  other.close();
});

it('has the ledger as it was when it was opened', async () => {
  writer.commit([createAppend('a-1', 1), createAppend('a-9', -1)]);
  expect([overlay.ledger.getHead().entry, overlay.ledger.getStreamRevision('a-9')]).toEqual([2, -1]);
  expect(await append('a-1', 1)).toMatchObject({ entry: 3 });
});

it('refuses what the sequencer refuses', async () => {
  expect(await append('a-1', 0)).toEqual({ outcome: 'stale' });
  expect(await append('a-2', -1, ['x'], { requires: ['a-3'] })).toEqual({ outcome: 'stale' });
  const old = { recordedAt: '1992-05-15T00:00:00.000Z' };
  expect(await append('a-1', 1, ['x'], old)).toMatchObject({ outcome: 'out-of-time' });
  const later = new LedgerOverlay(file, { now: () => Date.parse('2000-01-01') });
  await expect(later.append(createAppend('a-1', 1))).rejects.toMatchObject({ code: 'clock' });
  later.close();
});

it('finds what it added by an index, however much that is', async () => {
  const plans: { readonly sql: string; readonly plan: string }[] = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called on the connection
  const { prepare } = Database.prototype;
  Database.prototype.prepare = function (this: Database.Database, sql: string) {
    if (/^SELECT .* FROM entries\b/.test(sql)) {
      const values: unknown[] = sql.includes('@value') ? [{ value: 'x' }] : (sql.match(/\?/g) ?? []);
      const rows = (prepare.call(this, `EXPLAIN QUERY PLAN ${sql}`) as Database.Statement<unknown[]>).all(
        ...values,
      ) as { detail: string }[];
      plans.push({ sql, plan: rows.map(({ detail }) => detail).join('; ') });
    }
    return prepare.call(this, sql) as never;
  };
  try {
    const opened = new LedgerOverlay(file, { indexedFields });
    await opened.append(createAppend('a-1', 1, ['z']));
    const { ledger } = opened;
    const [entry] = ledger.readStream('a-1', 2);
    if (!entry) throw new Error('the entry was not appended');
    ledger.findById(entry.id);
    ledger.findByRequestKey('k');
    ledger.findAmendments(entry);
    ledger.findAmendmentEntryNumbers(entry);
    for (const { event, field } of indexedFields) ledger.findStreamsByField(event, field, 'x');
    opened.close();
  } finally {
    Database.prototype.prepare = prepare;
  }
  const ofView = plans.filter(({ plan }) => plan.includes('added_entries'));
  expect(ofView.length).toBeGreaterThan(7);
  // The last entry is the first one of its index, read backwards.
  expect(
    ofView.filter(({ sql, plan }) => /\bSCAN (?:main|temp)\./.test(plan) && !/DESC LIMIT 1$/.test(sql)),
  ).toEqual([]);
});
