import { randomFillSync } from 'node:crypto';

const SALT_BYTES = 16;
const saltPool = Buffer.alloc(256 * SALT_BYTES);
let usedBytes = saltPool.length;

/** 128 random bits (hex). Taken from a pool, because a system call for each costs as much as an insert. */
export function generateSalt(): string {
  if (usedBytes === saltPool.length) {
    randomFillSync(saltPool);
    usedBytes = 0;
  }
  return saltPool.toString('hex', usedBytes, (usedBytes += SALT_BYTES));
}
