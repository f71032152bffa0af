// The tree of a ledger as ledger.db keeps it: full tiles in a table of their own, written with the entry that fills
// them; what is not full yet is made of the leaves.
import type Database from 'better-sqlite3';
import type { TileStore } from '../merkle/merkle-tree.js';
import { Tile, TILE_WIDTH } from '../merkle/tile.js';
import { TreeEdge } from '../merkle/tree-edge.js';

export class SqliteTiles implements TileStore {
  readonly #leaves: Database.Statement<[number, number]>;
  readonly #tile: Database.Statement<[number, number]>;
  readonly #roots: Database.Statement<[number, number, number]>;

  constructor(db: Database.Database) {
    this.#leaves = db.prepare('SELECT leaf FROM entries WHERE entry > ? ORDER BY entry LIMIT ?').pluck();
    this.#tile = db.prepare('SELECT hashes, root FROM tiles WHERE level = ? AND number = ?').raw();
    this.#roots = db
      .prepare('SELECT root FROM tiles WHERE level = ? AND number >= ? ORDER BY number LIMIT ?')
      .pluck();
  }

  leaves(from: number, count: number): readonly Buffer[] {
    return this.#leaves.all(from, count) as Buffer[];
  }

  tile(level: number, number: number): Tile | undefined {
    const found = this.#tile.get(level, number) as [hashes: Buffer, root: Buffer] | undefined;
    return found && Tile.full(...found);
  }

  roots(level: number, from: number, count: number): readonly Buffer[] {
    return this.#roots.all(level, from, count) as Buffer[];
  }
}

/** The right edge of the tree: the tiles that are not full yet. Leaves are added in the transaction of their entries. */
export class GrowingTree {
  readonly #insert: Database.Statement<[number, number, Buffer, Buffer]>;
  readonly #edge: TreeEdge;

  /** As of the last entry in the file. */
  constructor(db: Database.Database, size: number) {
    this.#insert = db.prepare('INSERT INTO tiles (level, number, root, hashes) VALUES (?, ?, ?, ?)');
    const tiles = new SqliteTiles(db);
    const edge: { number: number; tile: Tile }[] = [];
    for (let level = 0, count = size; level === 0 || count > 0; level++) {
      const number = Math.floor(count / TILE_WIDTH);
      const [from, width] = [number * TILE_WIDTH, count % TILE_WIDTH];
      const tile = Tile.empty();
      for (const hash of level === 0 ? tiles.leaves(from, width) : tiles.roots(level - 1, from, width))
        tile.push(hash);
      edge.push({ number, tile });
      count = number;
    }
    this.#edge = new TreeEdge(edge);
  }

  push(leaf: Buffer): void {
    this.#edge.push(leaf, ({ level, number, root, hashes }) => this.#insert.run(level, number, root, hashes));
  }
}
