// The tree of RFC 6962, section 2.1 (RFC 9162, section 2.1.1): SHA-256, leaves under 0x00, nodes under 0x01.
import { hash } from 'node:crypto';

/** The root of a tree without leaves: SHA-256 of the empty string. */
export const EMPTY_ROOT = hash('sha256', '', 'buffer');

const LEAF_PREFIX = Buffer.of(0);
const NODE_PREFIX = Buffer.of(1);

export const leafHash = (leaf: string | Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([LEAF_PREFIX, typeof leaf === 'string' ? Buffer.from(leaf) : leaf]), 'buffer');

export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([NODE_PREFIX, left, right]), 'buffer');

/** An append-only tree reduced to the roots of its perfect subtrees, at most one for each bit of its size. */
export class CompactRange {
  /** From the largest to the smallest subtree, one for each bit that is set in the size. */
  readonly #peaks: Buffer[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(leaf: Buffer): void {
    let peak = leaf;
    // As in binary addition: each carried bit merges two perfect subtrees into one.
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2))
      peak = nodeHash(this.#peaks.pop() ?? EMPTY_ROOT, peak);
    this.#peaks.push(peak);
    this.#size += 1;
  }

  root(): Buffer {
    return this.#peaks.length === 0
      ? EMPTY_ROOT
      : this.#peaks.reduceRight((right, left) => nodeHash(left, right));
  }
}
