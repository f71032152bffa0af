// An append-only tree reduced to the roots of its perfect subtrees, from which its own root is computed.
import { EMPTY_ROOT, hashNodes } from './hashes.js';

export class CompactRange {
  /** In descending order of size. */
  readonly #subtrees: { readonly leaves: number; readonly hash: Buffer }[] = [];

  push(leaf: Buffer): void {
    let subtree = { leaves: 1, hash: leaf };
    for (let left = this.#subtrees.at(-1); left?.leaves === subtree.leaves; left = this.#subtrees.at(-1)) {
      this.#subtrees.pop();
      subtree = { leaves: 2 * subtree.leaves, hash: hashNodes(left.hash, subtree.hash) };
    }
    this.#subtrees.push(subtree);
  }

  /** RFC 6962, section 2.1. */
  get root(): Buffer {
    const hashes = this.#subtrees.map(({ hash }) => hash);
    return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => hashNodes(left, right));
  }
}
