// The Merkle tree in ledger.db: full tiles have a table of their own and are written in the transaction of the entry that
// fills them; partial tiles are computed from the leaves.
import type Database from 'better-sqlite3';
import type { TileStore } from '../merkle/merkle-tree.js';
import { Tile, TILE_WIDTH } from '../merkle/tile.js';
import { PartialTiles } from '../merkle/partial-tiles.js';

export class SqliteTileStore implements TileStore {
  readonly #selectLeaves: Database.Statement<[number, number]>;
  readonly #selectTile: Database.Statement<[number, number]>;
  readonly #selectRoots: Database.Statement<[number, number, number]>;

  constructor(db: Database.Database) {
    this.#selectLeaves = db
      .prepare('SELECT leaf FROM entries WHERE entry > ? ORDER BY entry LIMIT ?')
      .pluck();
    this.#selectTile = db.prepare('SELECT hashes, root FROM tiles WHERE level = ? AND number = ?').raw();
    this.#selectRoots = db
      .prepare('SELECT root FROM tiles WHERE level = ? AND number >= ? ORDER BY number LIMIT ?')
      .pluck();
  }

  readLeaves(from: number, count: number): readonly Buffer[] {
    return this.#selectLeaves.all(from, count) as Buffer[];
  }

  readTile(level: number, number: number): Tile | undefined {
    const found = this.#selectTile.get(level, number) as [hashes: Buffer, root: Buffer] | undefined;
    return found && Tile.fromHashes(...found);
  }

  readRoots(level: number, from: number, count: number): readonly Buffer[] {
    return this.#selectRoots.all(level, from, count) as Buffer[];
  }
}

/** Writes the tiles that new leaves fill. A leaf is pushed in the transaction of its entry. */
export class MerkleTreeWriter {
  readonly #insertTile: Database.Statement<[number, number, Buffer, Buffer]>;
  readonly #edge: PartialTiles;

  /** `size`: the number of entries in the file. */
  constructor(db: Database.Database, size: number) {
    this.#insertTile = db.prepare('INSERT INTO tiles (level, number, root, hashes) VALUES (?, ?, ?, ?)');
    const tiles = new SqliteTileStore(db);
    const edge: { number: number; tile: Tile }[] = [];
    for (let level = 0, count = size; level === 0 || count > 0; level++) {
      const number = Math.floor(count / TILE_WIDTH);
      const [from, width] = [number * TILE_WIDTH, count % TILE_WIDTH];
      const tile = Tile.createEmpty();
      for (const hash of level === 0
        ? tiles.readLeaves(from, width)
        : tiles.readRoots(level - 1, from, width))
        tile.push(hash);
      edge.push({ number, tile });
      count = number;
    }
    this.#edge = new PartialTiles(edge);
  }

  push(leaf: Buffer): void {
    this.#edge.push(leaf, ({ level, number, root, hashes }) =>
      this.#insertTile.run(level, number, root, hashes),
    );
  }
}
