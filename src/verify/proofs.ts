// RFC 9162, sections 2.1.3.2 and 2.1.4.2. Sizes and indexes go up to 2^64-1, as in RFC 6962.
import { EMPTY_ROOT, nodeHash } from './tree.js';

export const TREE_SIZE_MAX = 2n ** 64n - 1n;

/** The largest number of hashes in a proof of a tree of at most 2^64-1 leaves. */
export const PROOF_LENGTH_MAX = 64;

export type TreeHead = { readonly size: bigint; readonly root: Buffer };

const isSize = (size: bigint): boolean => size >= 0n && size <= TREE_SIZE_MAX;

/** Hashes of other lengths could split the same bytes differently. */
const areHashes = (hashes: readonly Buffer[]): boolean => hashes.every(({ length }) => length === 32);

const isEven = (n: bigint): boolean => (n & 1n) === 0n;

/** Whether the path proves that the leaf hash is at this index (from 0) of the tree. */
export function provesInclusion(
  leaf: Buffer,
  index: bigint,
  path: readonly Buffer[],
  tree: TreeHead,
): boolean {
  if (!isSize(index) || !isSize(tree.size) || index >= tree.size || !areHashes([leaf, ...path])) return false;
  let node = index;
  let last = tree.size - 1n;
  let root = leaf;
  for (const sibling of path) {
    if (last === 0n) return false;
    if (!isEven(node) || node === last) {
      root = nodeHash(sibling, root);
      while (isEven(node) && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else root = nodeHash(root, sibling);
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n && root.equals(tree.root);
}

/**
 * Whether the path proves that the later tree begins with the earlier one. Every tree begins with the empty tree, so
 * there is no proof of that: size 0 is accepted only for two empty trees.
 */
export function provesConsistency(earlier: TreeHead, later: TreeHead, path: readonly Buffer[]): boolean {
  if (!isSize(earlier.size) || !isSize(later.size) || earlier.size > later.size || !areHashes(path))
    return false;
  if (earlier.size === later.size)
    return (
      path.length === 0 &&
      earlier.root.equals(later.root) &&
      (earlier.size > 0n || earlier.root.equals(EMPTY_ROOT))
    );
  if (earlier.size === 0n) return false;
  // If the earlier tree is perfect, it is a node of the later one, and its root is not repeated in the path.
  const isPerfect = (earlier.size & (earlier.size - 1n)) === 0n;
  const [first, ...siblings] = isPerfect ? [earlier.root, ...path] : path;
  if (first === undefined) return false;
  let node = earlier.size - 1n;
  let last = later.size - 1n;
  while (!isEven(node)) {
    node >>= 1n;
    last >>= 1n;
  }
  let [before, after] = [first, first];
  for (const sibling of siblings) {
    if (last === 0n) return false;
    if (!isEven(node) || node === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      while (isEven(node) && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else after = nodeHash(after, sibling);
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n && before.equals(earlier.root) && after.equals(later.root);
}
