// The tree over all entries (RFC 6962, section 2.1; RFC 9162, section 2.1): entry n is the leaf with index n - 1.
// Everything is made of perfect subtrees, each of which is one node of one tile.
import { LRUCache } from 'lru-cache';
import { EMPTY_ROOT, hashNodes } from './hashes.js';
import { Tile, TILE_HEIGHT, TILE_WIDTH } from './tile.js';

/** Where the hashes of the tree are kept. What it gives is durable. */
export interface TileStore {
  /** Leaf hashes from an index on, as many as there are, at most `count`. */
  readLeaves(from: number, count: number): readonly Buffer[];
  /** A full tile; undefined if it is not full yet. */
  readTile(level: number, number: number): Tile | undefined;
  /** The roots of full tiles of a level from a number on, as many as there are, at most `count`. */
  readRoots(level: number, from: number, count: number): readonly Buffer[];
}

/** The tiles in memory: 16 KiB each. */
const TILE_CACHE_MAX = 256;
/** Roots in memory. */
const ROOT_CACHE_MAX = 4_096;

/** Throws RangeError for leaves that are not there. */
export class MerkleTree {
  readonly #tiles = new LRUCache<string, Tile>({ max: TILE_CACHE_MAX });
  readonly #roots = new LRUCache<number, Buffer>({ max: ROOT_CACHE_MAX });
  /** Of subtrees that are not perfect. */
  readonly #partialHashes = new LRUCache<string, Buffer>({ max: ROOT_CACHE_MAX });

  constructor(private readonly store: TileStore) {}

  /** The Merkle tree hash of the first `size` leaves. 32 bytes. */
  getRoot(size: number): Buffer {
    let root = this.#roots.get(size);
    if (!root) this.#roots.set(size, (root = Buffer.from(this.getSubtreeRoot(0, size))));
    return root;
  }

  /**
   * The Merkle tree hash of the leaves from `start` to before `end`: of a tree, or of one of its subtrees, where
   * `start` is a multiple of the least power of two that is not below the number of leaves.
   */
  getSubtreeRoot(start: number, end: number): Buffer {
    return start === end ? EMPTY_ROOT : this.#hashRange(start, end);
  }

  /** The audit path of a leaf, from its sibling upwards (RFC 6962, section 2.1.1), in a tree or in a subtree. */
  getInclusionProof(index: number, end: number, start = 0): Buffer[] {
    if (!(index >= start && index < end))
      throw new RangeError(`there is no leaf ${index} among those from ${start} to before ${end}`);
    const path: Buffer[] = [];
    while (end - start > 1) {
      const split = start + findSplit(end - start);
      if (index < split) {
        path.push(this.#hashRange(split, end));
        end = split;
      } else {
        path.push(this.#hashRange(start, split));
        start = split;
      }
    }
    return path.reverse();
  }

  /**
   * That a tree of `to` leaves holds the tree of its first `from` leaves (RFC 6962, section 2.1.2), or the subtree
   * from `start` to before `from`. Empty for equal sizes, and for what holds no leaf.
   */
  getConsistencyProof(from: number, to: number, start = 0): Buffer[] {
    if (!(start >= 0 && start <= from && from <= to))
      throw new RangeError(`a tree of ${to} leaves has none from ${start} to before ${from}`);
    if (start === from) return [];
    const proof: Buffer[] = [];
    let [begin, end, isKnown] = [0, to, true];
    while (begin !== start || end !== from) {
      const split = begin + findSplit(end - begin);
      if (from <= split) {
        proof.push(this.#hashRange(split, end));
        end = split;
        continue;
      }
      proof.push(this.#hashRange(begin, split));
      // Of a subtree on both sides of the split, the left side is whole, and the right side goes on from here.
      if (start < split) [start, isKnown] = [split, false];
      begin = split;
    }
    // What is asked about is known to whoever asks, unless this is only a part of it.
    if (!isKnown) proof.push(this.#hashRange(begin, end));
    return proof.reverse();
  }

  /** The first `width` hashes of a tile, as they are served; undefined if there are not as many. */
  getTile(level: number, number: number, width: number): Buffer | undefined {
    const tile = this.#readTile(level, number, width);
    return tile.width < width ? undefined : tile.getBottomHashes(width);
  }

  /** The Merkle tree hash of the leaves from `begin` to before `end`, of which there is one at least. */
  #hashRange(begin: number, end: number): Buffer {
    const size = end - begin;
    const level = Math.log2(size);
    // Splitting at powers of two keeps each part at a multiple of its size.
    if (Number.isInteger(level)) return this.#readNode(level, begin / size);
    // What is left at the right of a tree is the same for all proofs in it.
    const key = `${begin}-${end}`;
    let hash = this.#partialHashes.get(key);
    if (!hash) {
      const split = begin + findSplit(size);
      this.#partialHashes.set(
        key,
        (hash = hashNodes(this.#hashRange(begin, split), this.#hashRange(split, end))),
      );
    }
    return hash;
  }

  /** The node over the 2^level leaves from `index * 2^level` on. */
  #readNode(level: number, index: number): Buffer {
    const inTile = level % TILE_HEIGHT;
    const across = TILE_WIDTH / 2 ** inTile;
    const number = Math.floor(index / across);
    const within = index - number * across;
    const tile = this.#readTile((level - inTile) / TILE_HEIGHT, number, (within + 1) * 2 ** inTile);
    return tile.getNode(inTile, within);
  }

  /** A tile with at least so many hashes, if there are as many. */
  #readTile(level: number, number: number, width: number): Tile {
    const key = `${level}/${number}`;
    const known = this.#tiles.get(key);
    if (known && known.width >= width) return known;
    const tile = this.store.readTile(level, number) ?? known ?? Tile.createEmpty();
    if (!tile.isFull) {
      const from = number * TILE_WIDTH + tile.width;
      const lacking = TILE_WIDTH - tile.width;
      const hashes =
        level === 0 ? this.store.readLeaves(from, lacking) : this.store.readRoots(level - 1, from, lacking);
      for (const hash of hashes) tile.push(hash);
    }
    this.#tiles.set(key, tile);
    return tile;
  }
}

/** The largest power of two below a size above 1. */
function findSplit(size: number): number {
  let split = 2 ** Math.floor(Math.log2(size));
  if (split === size) split /= 2;
  return split;
}
