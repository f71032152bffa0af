// A tile of the tree (C2SP tlog-tiles): 256 neighbouring hashes of one level, and all the nodes above them up to the
// one that has the whole tile under it.
import { HASH_LENGTH, hashNodes } from './hashes.js';

/** Hashes in a full tile, and how many levels of the tree it spans. */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;

/** Where each level of a tile begins among its hashes: the 256 at the bottom first, then 128, 64 ... and 2. */
const LEVEL_OFFSETS = Array.from(
  { length: TILE_HEIGHT },
  (_, level) => 2 * TILE_WIDTH - ((2 * TILE_WIDTH) >> level),
);
const TILE_LENGTH = (2 * TILE_WIDTH - 2) * HASH_LENGTH;

/** A tile that is only ever added to. Its nodes are made as soon as all that is under them is there. */
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

  /** A full tile from its `hashes` and `root`. Throws RangeError if they cannot be those of one. */
  static fromHashes(hashes: Buffer, root: Buffer): Tile {
    if (hashes.length !== TILE_LENGTH || root.length !== HASH_LENGTH)
      throw new RangeError('these are not the hashes of a full tile');
    return new Tile(hashes, TILE_WIDTH, root);
  }

  /** How many hashes stand at its bottom. */
  get width(): number {
    return this.#width;
  }

  get isFull(): boolean {
    return this.#width === TILE_WIDTH;
  }

  /** All nodes but the root, the bottom first. */
  get hashes(): Buffer {
    return this.#hashes;
  }

  /** The node over the whole tile, once that is full. */
  get root(): Buffer | undefined {
    return this.#root;
  }

  /** The first `width` hashes of the bottom, as they are served. */
  getBottomHashes(width: number): Buffer {
    return this.#hashes.subarray(0, width * HASH_LENGTH);
  }

  /** `level` 0 is the bottom. The 2^level hashes under the node must be there. */
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
