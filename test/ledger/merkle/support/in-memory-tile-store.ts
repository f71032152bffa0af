// A tree whose tiles are kept in memory instead of on disk.
import { MerkleTree, type TileStore } from '../../../../src/ledger/merkle/merkle-tree.js';
import { Tile, TILE_WIDTH } from '../../../../src/ledger/merkle/tile.js';

export class InMemoryTileStore implements TileStore {
  readonly #leaves: Buffer[] = [];
  /** By level: full tiles, and at the end the one that is being filled. */
  readonly #tiles: Tile[][] = [];

  push(leaf: Buffer): void {
    this.#leaves.push(leaf);
    this.#pushHash(0, leaf);
  }

  readLeaves(from: number, count: number): readonly Buffer[] {
    return this.#leaves.slice(from, from + count);
  }

  readTile(level: number, number: number): Tile | undefined {
    const tile = this.#tiles[level]?.[number];
    return tile?.isFull ? Tile.fromHashes(tile.hashes, tile.root!) : undefined;
  }

  readRoots(level: number, from: number, count: number): readonly Buffer[] {
    const full = this.#tiles[level]?.filter(({ isFull }) => isFull) ?? [];
    return full.slice(from, from + count).map(({ root }) => root!);
  }

  #pushHash(level: number, hash: Buffer): void {
    const tiles = (this.#tiles[level] ??= [Tile.createEmpty()]);
    const last = tiles.at(-1)!;
    last.push(hash);
    if (last.width < TILE_WIDTH) return;
    tiles.push(Tile.createEmpty());
    this.#pushHash(level + 1, last.root!);
  }
}

export function buildTree(leaves: readonly Buffer[]): MerkleTree {
  const tiles = new InMemoryTileStore();
  for (const leaf of leaves) tiles.push(leaf);
  return new MerkleTree(tiles);
}
