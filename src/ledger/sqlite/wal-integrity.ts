import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { LedgerUnusableError } from './schema.js';

/** The page with the byte that SQLite's locks are on is never written. */
const LOCK_BYTE_OFFSET = 2 ** 30;

/**
 * Whether a database in WAL mode lacks pages that neither its file nor its log holds. SQLite itself refuses a file
 * that is shorter than it should be, but not while there is a log, as after a crash: it would take the missing
 * pages for empty ones, and the next checkpoint would write them so.
 */
export function isTruncated(file: string): boolean {
  const log = readWalPages(`${file}-wal`);
  if (!log) return false;
  // Asked for, not opened: to close a descriptor of the file would free the locks of this process's connections.
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const held = Math.floor(size / log.pageSize);
  for (let page = held + 1; page <= log.pagesInAll; page++)
    if (!log.pages.has(page) && page !== LOCK_BYTE_OFFSET / log.pageSize + 1) return true;
  return false;
}

/** Throws LedgerUnusable with a sentence if it is truncated. */
export function assertNotTruncated(file: string): void {
  if (isTruncated(file))
    throw new LedgerUnusableError(`${file} was truncated, pages are missing: restore it from a copy.`);
}

/** The pages in a write-ahead log (https://sqlite.org/fileformat2.html#walformat); undefined if it has no commit. */
function readWalPages(
  file: string,
): { pageSize: number; pagesInAll: number; pages: Set<number> } | undefined {
  if (!existsSync(file)) return undefined;
  const log = openSync(file, 'r');
  try {
    const header = Buffer.alloc(32);
    if (readSync(log, header, 0, 32, 0) < 32) return undefined;
    const pageSize = header.readUInt32BE(8);
    const salts = header.subarray(16, 24);
    const pages = new Set<number>();
    let pagesInAll = 0;
    const frame = Buffer.alloc(24);
    for (let at = 32; readSync(log, frame, 0, 24, at) === 24; at += 24 + pageSize) {
      if (!frame.subarray(8, 16).equals(salts)) break; // left from before the log was begun anew
      pages.add(frame.readUInt32BE(0));
      pagesInAll = frame.readUInt32BE(4) || pagesInAll; // only the last frame of a commit tells
    }
    return pagesInAll > 0 ? { pageSize, pagesInAll, pages } : undefined;
  } finally {
    closeSync(log);
  }
}
