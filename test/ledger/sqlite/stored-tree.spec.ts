// The stored tree of a ledger: written with its entries, complete after every restart, and built for older ledgers.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Append } from '../../../src/ledger/sequencer.js';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { computeConsistencyProof, computeRoot } from '../merkle/support/rfc6962-reference.js';
import { createAppend } from '../support/create-append.js';
import { createTemporaryDirectory } from '../support/temporary-directory.js';

let file: string;
beforeEach(() => (file = join(createTemporaryDirectory(), 'ledger.db')));

const createAppends = (from: number, count: number): Append[] =>
  Array.from({ length: count }, (_, n) => createAppend(`a-${from + n}`, -1, ['one', 'two', 'three']));

/** The expected tree, computed by the reference implementation. */
function checkTree(size: number): void {
  const ledger = new SqliteLedger(file);
  const leaves = ledger.readAfter(0, Number.MAX_SAFE_INTEGER).map(({ leaf }) => leaf);
  expect(leaves.length).toBe(size);
  for (const of of [0, 1, size >> 1, Math.max(0, size - 1), size]) {
    expect(ledger.tree.getRoot(of)).toEqual(computeRoot(leaves.slice(0, of)));
    if (of > 0)
      expect(ledger.tree.getConsistencyProof(of, size)).toEqual(computeConsistencyProof(of, leaves));
  }
  ledger.close();
}

it('an empty ledger has the hash of the empty string as root', () => {
  new LedgerWriter(file).close();
  const ledger = new SqliteLedger(file);
  expect(ledger.tree.getRoot(0).toString('hex')).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
  ledger.close();
});

it.each([1, 85, 86, 170, 171, 342])('after %i appends of three, and a restart, and one more', (appends) => {
  let writer = new LedgerWriter(file);
  writer.commit(createAppends(0, appends));
  checkTree(3 * appends);
  writer.close();
  writer = new LedgerWriter(file);
  writer.commit(createAppends(appends, 1));
  writer.close();
  checkTree(3 * appends + 3);
});

it('a reader that was opened before sees it grow across tiles', () => {
  const writer = new LedgerWriter(file);
  const ledger = new SqliteLedger(file);
  for (let n = 0; n < 200; n++) {
    writer.commit(createAppends(n, 1));
    const leaves = ledger.readAfter(0, 1_000).map(({ leaf }) => leaf);
    expect(ledger.tree.getRoot(leaves.length)).toEqual(computeRoot(leaves));
  }
  ledger.close();
  writer.close();
});

it('a ledger of an earlier release gets its tree when it is opened, its entries unchanged', () => {
  const writer = new LedgerWriter(file);
  writer.commit(createAppends(0, 300));
  writer.close();
  const db = new Database(file);
  const before = db.prepare('SELECT * FROM entries ORDER BY entry').all();
  db.exec('DROP TABLE tiles; PRAGMA user_version = 1;');
  db.close();
  new LedgerWriter(file).close();
  checkTree(900);
  const after = new Database(file);
  expect(after.prepare('SELECT * FROM entries ORDER BY entry').all()).toEqual(before);
  expect(after.prepare('SELECT count(*) FROM tiles').pluck().get()).toBe(3);
  after.close();
});

it('a tile is never altered or deleted', () => {
  const writer = new LedgerWriter(file);
  writer.commit(createAppends(0, 90));
  writer.close();
  const db = new Database(file);
  expect(() => db.exec('UPDATE tiles SET number = 7')).toThrow('a tile of the tree is never altered');
  expect(() => db.exec('DELETE FROM tiles')).toThrow('a tile of the tree is never deleted');
  db.close();
});
