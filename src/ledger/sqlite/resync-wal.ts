import { closeSync, existsSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * Rewrites a write-ahead log with its own content and syncs it. After a failed sync the kernel returns pages that it
 * could not write as if they were written, also to the next process, and does not write them again. If such pages
 * were checkpointed into the main file, a power loss meanwhile would leave some pages new, some old, and no log to
 * recover from. Throws the error of the file system if the disk still fails.
 */
export function resyncWal(file: string): void {
  if (!existsSync(file)) return;
  const log = openSync(file, 'r+');
  try {
    const bytes = Buffer.alloc(1 << 20);
    for (let offset = 0, read = 0; (read = readSync(log, bytes, 0, bytes.length, offset)) > 0;)
      offset += writeSync(log, bytes, 0, read, offset);
    fsyncSync(log);
  } finally {
    closeSync(log);
  }
}
