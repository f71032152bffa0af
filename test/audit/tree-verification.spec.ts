// An audit computes the whole tree again and reports what does not match it: tiles, and the signed checkpoint.
import { beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { SqliteLedger } from '../../src/ledger/sqlite/sqlite-ledger.js';
import { computeRoot } from '../ledger/merkle/support/rfc6962-reference.js';
import { TestLedger } from '../read-models/support/test-ledger.js';
import { bookPlaced } from '../read-models/support/shelves.js';
import { createTestLedger } from '../read-models/support/start-read-models.js';
import { auditLedger, findDifferences, writeReadModelFiles } from './support/audit-in-process.js';
import { withoutTriggers } from '../ledger/support/without-triggers.js';

const ENTRIES = 1_100;

let book: TestLedger;
let leaves: readonly Buffer[];
beforeEach(async () => {
  book = createTestLedger(
    TestLedger.create(ENTRIES, (n) => [`shelf-${n % 9}`, bookPlaced('x', String(n % 50), `t${n}`)]),
  );
  await writeReadModelFiles(book);
  const ledger = new SqliteLedger(book.file);
  leaves = ledger.readAfter(0, ENTRIES).map(({ leaf }) => leaf);
  ledger.close();
});

function alter(sql: string): void {
  const db = new Database(book.file);
  withoutTriggers(db, () => db.exec(sql));
  db.close();
}

it('an audit returns the root of the audited entries', async () => {
  expect((await auditLedger(book)).root).toBe(computeRoot(leaves).toString('base64'));
  expect((await auditLedger(book, { entry: 300 })).root).toBe(
    computeRoot(leaves.slice(0, 300)).toString('base64'),
  );
  expect((await auditLedger(book, { entry: 0 })).root).toBe(computeRoot([]).toString('base64'));
});

describe('an audit of the stored tiles', () => {
  it.each([
    [
      'with an altered hash',
      'UPDATE tiles SET hashes = zeroblob(16320) WHERE number = 2',
      2,
      'is not computed from the leaves under it',
    ],
    [
      'with an altered root',
      'UPDATE tiles SET root = zeroblob(32) WHERE number = 3',
      3,
      'is not computed from the leaves under it',
    ],
    [
      'that is truncated',
      "UPDATE tiles SET hashes = x'00' WHERE number = 1",
      1,
      'does not have the length of a tile',
    ],
    ['that was deleted', 'DELETE FROM tiles WHERE number = 0', 0, 'is missing'],
  ])('reports a tile %s', async (_, sql, number, what) => {
    alter(sql);
    expect(await findDifferences(book)).toMatchObject([
      {
        projection: null,
        table: 'tiles',
        key: { level: 0, number },
        detail: `Tile ${number} of level 0 ${what}.`,
      },
    ]);
  });

  it('reports a tile that the entries cannot have filled', async () => {
    alter(`INSERT INTO tiles VALUES (1, 0, zeroblob(32), zeroblob(16320))`);
    const [first] = await findDifferences(book);
    expect(first).toMatchObject({
      key: { level: 1, number: 0 },
      detail: 'Tile 0 of level 1 is out of place.',
    });
  });
});

describe('an audit against a signed checkpoint', () => {
  const signed = (size: number, root = computeRoot(leaves.slice(0, size))) => ({
    checkpoint: { size, root },
  });

  it('finds no differences when the checkpoint matches, below the audited entry and above it', async () => {
    expect(await findDifferences(book, signed(ENTRIES))).toEqual([]);
    expect(await findDifferences(book, signed(700))).toEqual([]);
    expect(await findDifferences(book, { ...signed(700), entry: 300 })).toEqual([]);
    expect(await findDifferences(book, signed(0))).toEqual([]);
  });

  it('reports a checkpoint over other entries', async () => {
    expect(await findDifferences(book, signed(700, computeRoot(leaves.slice(0, 699))))).toMatchObject([
      {
        table: 'checkpoint',
        key: { size: 700 },
        detail: 'The first 700 entries are not those of the signed checkpoint over them.',
      },
    ]);
  });

  it('reports a checkpoint over more entries than the ledger has', async () => {
    expect(await findDifferences(book, signed(5_000, Buffer.alloc(32)))).toMatchObject([
      {
        table: 'checkpoint',
        detail: `A checkpoint over 5000 entries was published, but the ledger has ${ENTRIES}.`,
      },
    ]);
  });
});
