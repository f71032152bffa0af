// RFC 6962, section 2.1: SHA-256, with a zero byte before a leaf and a one byte before two nodes.
import { hash } from 'node:crypto';

/** The length of a SHA-256 hash in bytes. */
export const HASH_LENGTH = 32;

/** The root of a tree without leaves: the hash of the empty string. */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer');

const nodeBuffer = Buffer.alloc(1 + 2 * HASH_LENGTH, 1);

export function hashNodes(left: Uint8Array, right: Uint8Array): Buffer {
  nodeBuffer.set(left, 1);
  nodeBuffer.set(right, 1 + HASH_LENGTH);
  return hash('sha256', nodeBuffer, 'buffer');
}
