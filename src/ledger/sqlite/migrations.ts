// Ledgers of earlier releases. Entries are never touched: only what stands beside them is added.
import type Database from 'better-sqlite3';
import { TILES_SCHEMA } from './schema.js';
import { GrowingTree, SqliteTiles } from './sqlite-tile-store.js';

const PAGE = 10_000;

/** Brings a file to this release's schema in one transaction, or leaves it as it is if there is no way from it. */
export function upgrade(db: Database.Database): void {
  if (db.pragma('user_version', { simple: true }) !== 1) return;
  db.transaction(() => {
    db.exec(TILES_SCHEMA);
    const tree = new GrowingTree(db, 0);
    const tiles = new SqliteTiles(db);
    let size = 0;
    for (let page = tiles.leaves(0, PAGE); page.length > 0; page = tiles.leaves(size, PAGE)) {
      for (const leaf of page) tree.push(leaf);
      size += page.length;
    }
    db.pragma('user_version = 2');
  })();
}
