import { beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { type Entry, encodeLeaf, hashLeaf } from '../../src/ledger/entry.js';
import { TestLedger } from '../read-models/support/test-ledger.js';
import { bookPlaced } from '../read-models/support/shelves.js';
import { createTestLedger } from '../read-models/support/start-read-models.js';
import { auditLedger, findDifferences, writeReadModelFiles } from './support/audit-in-process.js';
import { withoutTriggers } from '../ledger/support/without-triggers.js';

let book: TestLedger;
beforeEach(async () => {
  book = createTestLedger(
    TestLedger.create(2_500, (n) => [`shelf-${n % 9}`, bookPlaced('x', String(n % 50), `t${n}`)]),
  );
  await writeReadModelFiles(book);
});

function alter(sql: string, ...parameters: unknown[]): void {
  const db = new Database(book.file);
  withoutTriggers(db, () => db.prepare(sql).run(...parameters));
  db.close();
}

const damage = (entry: number, what: string) => ({
  projection: null,
  table: 'entries',
  key: { entry },
  entry,
  live: null,
  replayed: null,
  detail: `Entry ${entry} of the ledger ${what}.`,
});
const tile = (number: number) => ({
  projection: null,
  table: 'tiles',
  key: { level: 0, number },
  entry: null,
  live: null,
  replayed: null,
  detail: `Tile ${number} of level 0 is not computed from the leaves under it.`,
});
const ALTERED = 'does not match its leaf hash: its stored bytes were altered';
const STRAY = 'does not follow the one before it in its stream';

describe('an audit of a damaged ledger', () => {
  it('reports every entry with altered bytes and compares the read models up to the first of them', async () => {
    alter(`UPDATE entries SET data = replace(data, 't1200', 't1201') WHERE entry = 1200`);
    alter(`UPDATE entries SET metadata = replace(metadata, 'clerk', 'clerc') WHERE entry = 2100`);
    const result = await auditLedger(book);
    expect(result.differences).toEqual([damage(1200, ALTERED), damage(2100, ALTERED)]);
    expect(result.compared).toMatchObject([{ entry: 1199 }, { entry: 1199 }]);
  });

  it.each([
    ['request_key', `'f0f0'`, [damage(1200, ALTERED)]],
    ['leaf', 'zeroblob(32)', [damage(1200, ALTERED), damage(1209, STRAY), tile(4)]],
    ['previous', 'NULL', [damage(1200, ALTERED), damage(1200, STRAY)]],
  ])('reports an entry whose %s was altered', async (column, value, found) => {
    alter(`UPDATE entries SET ${column} = ${value} WHERE entry = 1200`);
    expect(await findDifferences(book)).toEqual(found);
  });

  it('reports an entry whose revision was altered', async () => {
    alter('UPDATE entries SET revision = 9999 WHERE entry = 1200');
    expect(await findDifferences(book)).toEqual([
      damage(1200, ALTERED),
      damage(1200, STRAY),
      damage(1209, STRAY),
    ]);
  });

  it.each([
    ['one missing entry', 1200, 1200, [damage(1200, 'is missing'), damage(1209, STRAY)]],
    [
      'several missing entries',
      1200,
      1203,
      [
        damage(1200, 'is missing, and so are the 3 after it'),
        ...[1209, 1210, 1211, 1212].map((n) => damage(n, STRAY)),
      ],
    ],
  ])('reports %s', async (_, from, to, found) => {
    alter('DELETE FROM entries WHERE entry BETWEEN ? AND ?', from, to);
    expect(await findDifferences(book)).toEqual(found);
  });

  it('reports an entry before entry 1', async () => {
    alter('UPDATE entries SET entry = -5 WHERE entry = 1');
    expect(await findDifferences(book)).toContainEqual(damage(-5, 'is out of place: entries begin at 1'));
    expect(await findDifferences(book)).toContainEqual(damage(1, 'is missing'));
  });

  it('reports the next entry of the stream when an entry was rewritten with a matching leaf hash', async () => {
    const db = new Database(book.file);
    const old = db.prepare('SELECT * FROM entries WHERE entry = 1200').get() as Entry & {
      recorded_at: string;
    };
    db.close();
    const data = old.data.replace('t1200', 'forged');
    const leaf = hashLeaf(encodeLeaf({ ...old, recordedAt: old.recorded_at, data }));
    alter('UPDATE entries SET data = ?, leaf = ? WHERE entry = 1200', data, leaf);
    expect(await findDifferences(book)).toContainEqual(damage(1209, STRAY));
    // The read models still hold the recorded value.
    const found = await findDifferences(book);
    expect(found.filter(({ projection }) => projection === 'shelves')).toContainEqual(
      expect.objectContaining({
        table: 'books',
        entry: 1200,
        live: expect.objectContaining({ title: 't1200' }),
        replayed: expect.objectContaining({ title: 'forged' }),
      }),
    );
  });

  it('reports an entry that was recorded before the one in front of it', async () => {
    const db = new Database(book.file);
    const old = db.prepare('SELECT * FROM entries WHERE entry = 2500').get() as Entry;
    db.close();
    const recordedAt = '2026-11-23T09:59:59.999Z';
    const leaf = hashLeaf(encodeLeaf({ ...old, recordedAt }));
    alter('UPDATE entries SET recorded_at = ?, leaf = ? WHERE entry = 2500', recordedAt, leaf);
    expect(await findDifferences(book)).toContainEqual(damage(2500, 'was recorded before the one before it'));
  });

  it('rejects a ledger of another schema and leaves no files behind', async () => {
    const db = new Database(book.file);
    db.pragma('user_version = 7');
    db.close();
    await expect(auditLedger(book)).rejects.toThrow('has ledger schema 7');
  });
});
