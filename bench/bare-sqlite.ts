// The reference of all rows that write: the same rows inserted into the same table, and nothing else.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Append } from '../src/ledger/sequencer.js';
import { encodeLeaf, hashLeaf } from '../src/ledger/entry.js';
import { assertDurabilityPragmas } from '../src/ledger/sqlite/durability-pragmas.js';
import { SCHEMA } from '../src/ledger/sqlite/schema.js';
import { measureRate } from './benchmark.js';

type Row = readonly unknown[];

/** The rows of these appends, to be inserted. */
export function toRows(appends: readonly Append[]): readonly Row[] {
  const leaves = new Map<string, Buffer>();
  const recordedAt = new Date().toISOString();
  return appends
    .flatMap(({ stream, expectedRevision, events }) =>
      events.map(({ id, type, data, metadata, requestKey }, index) => ({
        id,
        stream,
        revision: expectedRevision + 1 + index,
        type,
        recordedAt,
        data,
        metadata,
        requestKey,
      })),
    )
    .map(({ requestKey, ...fields }, index) => {
      const previous = leaves.get(fields.stream) ?? null;
      const leaf = hashLeaf(encodeLeaf({ ...fields, previous }));
      leaves.set(fields.stream, leaf);
      const { id, stream, revision, type, data, metadata } = fields;
      return [index + 1, id, stream, revision, type, recordedAt, data, metadata, requestKey, previous, leaf];
    });
}

/** Rows per second; each transaction is durable before the next starts. */
export function measureBareInserts(directory: string, rows: readonly Row[], perTransaction: number): number {
  const db = new Database(join(directory, 'bare.db'));
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    assertDurabilityPragmas(db);
    db.exec(SCHEMA);
    const insert = db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const transaction = db.transaction((from: number) => {
      for (let n = from; n < Math.min(from + perTransaction, rows.length); n++)
        insert.run(...(rows[n] as Row));
    });
    return measureRate(rows.length, () => {
      for (let from = 0; from < rows.length; from += perTransaction) transaction(from);
    });
  } finally {
    db.close();
  }
}
