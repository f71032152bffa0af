import { closeSync, existsSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * Writes a write-ahead log to the disk once more, as it reads. After a sync that failed, the kernel shows what it
 * could not write as if it had, also to the next process, and does not try again. Were that carried into the main
 * file, a power loss on the way would leave some pages new, some old, and no log to mend it from. Throws what the
 * disk says if it does not take it.
 */
export function resyncWal(file: string): void {
  if (!existsSync(file)) return;
  const log = openSync(file, 'r+');
  try {
    const bytes = Buffer.alloc(1 << 20);
    for (let at = 0, read = 0; (read = readSync(log, bytes, 0, bytes.length, at)) > 0;)
      at += writeSync(log, bytes, 0, read, at);
    fsyncSync(log);
  } finally {
    closeSync(log);
  }
}
