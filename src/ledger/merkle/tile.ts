// A tile of the tree (C2SP tlog-tiles): 256 adjacent hashes of one level, and all nodes above them up to the root of
// the tile.
import { HASH_LENGTH, hashNodes } from './hashes.js';

/** The number of hashes in the bottom level of a full tile, and of the levels of the tree that it spans. */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;

/** The index of the first hash of each level of a tile: the 256 of the bottom first, then 128, 64 ... and 2. */
const LEVEL_OFFSETS = Array.from(
  { length: TILE_HEIGHT },
  (_, level) => 2 * TILE_WIDTH - ((2 * TILE_WIDTH) >> level),
);
const TILE_LENGTH = (2 * TILE_WIDTH - 2) * HASH_LENGTH;

/** An append-only tile. A node is computed as soon as all hashes under it are known. */
export class Tile {
  readonly #hashes: Buffer;
  #width: number;
  #root: Buffer | undefined;

  private constructor(hashes: Buffer, width: number, root?: Buffer) {
    this.#hashes = hashes;
    this.#width = width;
    this.#root = root;
  }

  static createEmpty(): Tile {
    return new Tile(Buffer.alloc(TILE_LENGTH), 0);
  }

  /** A full tile from its `hashes` and `root`. Throws RangeError if their lengths are wrong. */
  static fromHashes(hashes: Buffer, root: Buffer): Tile {
    if (hashes.length !== TILE_LENGTH || root.length !== HASH_LENGTH)
      throw new RangeError('these are not the hashes of a full tile');
    return new Tile(hashes, TILE_WIDTH, root);
  }

  /** The number of hashes in its bottom level. */
  get width(): number {
    return this.#width;
  }

  get isFull(): boolean {
    return this.#width === TILE_WIDTH;
  }

  /** All nodes but the root, the bottom level first. */
  get hashes(): Buffer {
    return this.#hashes;
  }

  /** The root of the tile, once it is full. */
  get root(): Buffer | undefined {
    return this.#root;
  }

  /** The first `width` hashes of the bottom level, as they are served. */
  getBottomHashes(width: number): Buffer {
    return this.#hashes.subarray(0, width * HASH_LENGTH);
  }

  /** `level` 0 is the bottom. Throws RangeError if not all 2^level hashes under the node are known. */
  getNode(level: number, index: number): Buffer {
    if (level === TILE_HEIGHT && this.#root) return this.#root;
    if (level >= TILE_HEIGHT || (index + 1) * 2 ** level > this.#width)
      throw new RangeError(`the tile has ${this.#width} hashes, too few for node ${index} of level ${level}`);
    return this.#sliceHash(level, index);
  }

  push(hash: Uint8Array): void {
    if (this.isFull) throw new RangeError('the tile is full');
    let [node, index] = [hash, this.#width];
    for (let level = 0; level < TILE_HEIGHT; level++) {
      this.#hashes.set(node, (LEVEL_OFFSETS[level] as number) * HASH_LENGTH + index * HASH_LENGTH);
      if (index % 2 === 0) break;
      node = hashNodes(this.#sliceHash(level, index - 1), node);
      index = (index - 1) / 2;
      if (level === TILE_HEIGHT - 1) this.#root = Buffer.from(node);
    }
    this.#width += 1;
  }

  #sliceHash(level: number, index: number): Buffer {
    const from = ((LEVEL_OFFSETS[level] as number) + index) * HASH_LENGTH;
    return this.#hashes.subarray(from, from + HASH_LENGTH);
  }
}
