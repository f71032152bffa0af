// Space that is set aside while there is enough, and given back when a start finds the disk full: SQLite needs 32 KiB of
// shared memory beside each file that it opens, also to read it.
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFile } from './durable-file.js';

/** Enough for the shared memory of sixty files. */
const RESERVE_BYTES = 2 * 2 ** 20;

/** How many bytes this process may still write under a path. Throws what the file system throws. */
export function readFreeBytes(path: string): number {
  const { bavail, bfree, bsize } = statfsSync(path);
  // The administrator may use the blocks that are reserved.
  return (process.getuid?.() === 0 ? bfree : bavail) * bsize;
}

/** Gives the space back if there is hardly any other. */
export function releaseReserve(file: string): void {
  if (readFreeBytes(dirname(file)) < RESERVE_BYTES) rmSync(file, { force: true });
}

/** Sets the space aside, unless that was done, or would take a good part of what is left. A failure is none. */
export function keepReserve(file: string): void {
  try {
    if (readFreeBytes(dirname(file)) < 4 * RESERVE_BYTES) return;
    writeFileSync(file, Buffer.alloc(RESERVE_BYTES, 1), { flag: 'wx', mode: 0o600 });
    syncFile(file);
  } catch {
    // It exists, or there is no space for it: a start on a full disk then serves reads only if space is found otherwise.
  }
}
