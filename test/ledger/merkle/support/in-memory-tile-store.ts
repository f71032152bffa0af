// A tree whose tiles are kept in memory, as the ledger keeps them on disk.
import { MerkleTree, type TileStore } from '../../../../src/ledger/merkle/merkle-tree.js';
import { Tile, TILE_WIDTH } from '../../../../src/ledger/merkle/tile.js';

export class KeptTiles implements TileStore {
  readonly #leaves: Buffer[] = [];
  /** By level: full tiles, and at the end the one that is being filled. */
  readonly #tiles: Tile[][] = [];

  push(leaf: Buffer): void {
    this.#leaves.push(leaf);
    this.#add(0, leaf);
  }

  leaves(from: number, count: number): readonly Buffer[] {
    return this.#leaves.slice(from, from + count);
  }

  tile(level: number, number: number): Tile | undefined {
    const tile = this.#tiles[level]?.[number];
    return tile?.isFull ? Tile.full(tile.hashes, tile.root!) : undefined;
  }

  roots(level: number, from: number, count: number): readonly Buffer[] {
    const full = this.#tiles[level]?.filter(({ isFull }) => isFull) ?? [];
    return full.slice(from, from + count).map(({ root }) => root!);
  }

  #add(level: number, hash: Buffer): void {
    const tiles = (this.#tiles[level] ??= [Tile.empty()]);
    const last = tiles.at(-1)!;
    last.push(hash);
    if (last.width < TILE_WIDTH) return;
    tiles.push(Tile.empty());
    this.#add(level + 1, last.root!);
  }
}

export function treeOf(leaves: readonly Buffer[]): MerkleTree {
  const tiles = new KeptTiles();
  for (const leaf of leaves) tiles.push(leaf);
  return new MerkleTree(tiles);
}
