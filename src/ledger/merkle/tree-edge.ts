// The right edge of a tree in tiles: those that are not full yet, one of each level.
import { Tile } from './tile.js';

export type FullTile = {
  readonly level: number;
  readonly number: number;
  readonly root: Buffer;
  readonly hashes: Buffer;
};

export class TreeEdge {
  /** `tiles`: those of the edge by level, of a tree that has leaves already. */
  constructor(private readonly tiles: { number: number; tile: Tile }[] = []) {}

  /** Adds a leaf, and hands on each tile that is full with it, the lowest level first. */
  push(leaf: Buffer, take: (full: FullTile) => void): void {
    let hash = leaf;
    for (let level = 0; ; level++) {
      const at = (this.tiles[level] ??= { number: 0, tile: Tile.createEmpty() });
      at.tile.push(hash);
      const { root, hashes } = at.tile;
      if (!root) return;
      take({ level, number: at.number, root, hashes });
      at.number += 1;
      at.tile = Tile.createEmpty();
      hash = root;
    }
  }
}
