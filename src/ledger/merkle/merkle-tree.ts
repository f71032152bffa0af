// The tree over all entries (RFC 6962, section 2.1; RFC 9162, section 2.1): entry n is the leaf with index n - 1.
// Every hash is computed from perfect subtrees, each of which is one node of one tile.
import { LRUCache } from 'lru-cache';
import { EMPTY_ROOT, hashNodes } from './hashes.js';
import { Tile, TILE_HEIGHT, TILE_WIDTH } from './tile.js';

/** The storage of the hashes of the tree. Everything it returns is durable. */
export interface TileStore {
  /** The leaf hashes from an index on, at most `count`. */
  readLeaves(from: number, count: number): readonly Buffer[];
  /** A full tile; undefined if it is not full yet. */
  readTile(level: number, number: number): Tile | undefined;
  /** The roots of the full tiles of a level from a number on, at most `count`. */
  readRoots(level: number, from: number, count: number): readonly Buffer[];
}

/** The largest number of tiles in memory, 16 KiB each. */
const TILE_CACHE_MAX = 256;
/** The largest number of roots in memory. */
const ROOT_CACHE_MAX = 4_096;

/** Throws RangeError for leaves that do not exist. */
export class MerkleTree {
  readonly #tiles = new LRUCache<string, Tile>({ max: TILE_CACHE_MAX });
  readonly #roots = new LRUCache<number, Buffer>({ max: ROOT_CACHE_MAX });
  /** The hashes of subtrees that are not perfect, by their range. */
  readonly #partialHashes = new LRUCache<string, Buffer>({ max: ROOT_CACHE_MAX });

  constructor(private readonly store: TileStore) {}

  /** The Merkle tree hash of the first `size` leaves. 32 bytes. */
  getRoot(size: number): Buffer {
    let root = this.#roots.get(size);
    if (!root) this.#roots.set(size, (root = Buffer.from(this.getSubtreeRoot(0, size))));
    return root;
  }

  /**
   * The Merkle tree hash of the leaves in [`start`, `end`): of a tree, or of one of its subtrees, where `start` is a
   * multiple of the least power of two that is not below the number of leaves.
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
   * The proof that a tree of `to` leaves begins with the tree of its first `from` leaves (RFC 6962, section 2.1.2), or
   * contains the subtree of the leaves in [`start`, `from`). Empty for equal sizes and for an empty tree.
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
      // If the subtree is on both sides of the split, its left part ends at the split, and its right part starts there.
      if (start < split) [start, isKnown] = [split, false];
      begin = split;
    }
    // The verifier has the hash of the whole subtree, so it is part of the proof only if this is a piece of it.
    if (!isKnown) proof.push(this.#hashRange(begin, end));
    return proof.reverse();
  }

  /** The first `width` hashes of a tile, as they are served; undefined if it has fewer. */
  getTile(level: number, number: number, width: number): Buffer | undefined {
    const tile = this.#readTile(level, number, width);
    return tile.width < width ? undefined : tile.getBottomHashes(width);
  }

  /** The Merkle tree hash of the leaves in [`begin`, `end`), at least one. */
  #hashRange(begin: number, end: number): Buffer {
    const size = end - begin;
    const level = Math.log2(size);
    // Splits are at powers of two, so each part starts at a multiple of its size.
    if (Number.isInteger(level)) return this.#readNode(level, begin / size);
    // The imperfect subtrees at the right edge are the same for all proofs in one tree.
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
    const levelInTile = level % TILE_HEIGHT;
    const nodesPerTile = TILE_WIDTH / 2 ** levelInTile;
    const number = Math.floor(index / nodesPerTile);
    const indexInTile = index - number * nodesPerTile;
    const tile = this.#readTile(
      (level - levelInTile) / TILE_HEIGHT,
      number,
      (indexInTile + 1) * 2 ** levelInTile,
    );
    return tile.getNode(levelInTile, indexInTile);
  }

  /** A tile with at least `width` hashes, if the tree has as many. */
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
