import { randomFillSync } from 'node:crypto';

const SALT = 16;
const pool = Buffer.alloc(256 * SALT);
let used = pool.length;

/** 128 random bits (hex). Taken from a pool, because asking the kernel for each costs as much as an insert. */
export function newSalt(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.toString('hex', used, (used += SALT));
}
