// The right edge of a tree in tiles: the one partial tile of each level.
import { Tile } from './tile.js';

export type FullTile = {
  readonly level: number;
  readonly number: number;
  readonly root: Buffer;
  readonly hashes: Buffer;
};

export class PartialTiles {
  /** `tiles`: the partial tiles by level, of a tree that has leaves already. */
  constructor(private readonly tiles: { number: number; tile: Tile }[] = []) {}

  /** Appends a leaf and calls `onFull` for each tile that it fills, the lowest level first. */
  push(leaf: Buffer, onFull: (full: FullTile) => void): void {
    let hash = leaf;
    for (let level = 0; ; level++) {
      const partial = (this.tiles[level] ??= { number: 0, tile: Tile.createEmpty() });
      partial.tile.push(hash);
      const { root, hashes } = partial.tile;
      if (!root) return;
      onFull({ level, number: partial.number, root, hashes });
      partial.number += 1;
      partial.tile = Tile.createEmpty();
      hash = root;
    }
  }
}
