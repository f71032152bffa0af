// Migrations of ledgers of earlier releases. Entries are never changed: only derived tables are added.
import type Database from 'better-sqlite3';
import { TILES_SCHEMA } from './schema.js';
import { MerkleTreeWriter, SqliteTileStore } from './sqlite-tile-store.js';

const PAGE_SIZE = 10_000;

/** Migrates a file to this release's schema in one transaction; leaves other versions for `assertSchemaVersion` to refuse. */
export function migrateSchema(db: Database.Database): void {
  if (db.pragma('user_version', { simple: true }) !== 1) return;
  db.transaction(() => {
    db.exec(TILES_SCHEMA);
    const tree = new MerkleTreeWriter(db, 0);
    const tiles = new SqliteTileStore(db);
    let size = 0;
    for (
      let page = tiles.readLeaves(0, PAGE_SIZE);
      page.length > 0;
      page = tiles.readLeaves(size, PAGE_SIZE)
    ) {
      for (const leaf of page) tree.push(leaf);
      size += page.length;
    }
    db.pragma('user_version = 2');
  })();
}
