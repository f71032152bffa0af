import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { LedgerUnusableError } from '../ledger-unusable-error.js';

/** SQLite never writes the page that contains this byte, which its locks are on. */
const LOCK_BYTE_OFFSET = 2 ** 30;

/**
 * Throws LedgerUnusableError with a sentence if a database in WAL mode has pages that neither its file nor its log holds.
 * SQLite itself refuses a file that is shorter than it should be, but not while there is a log, as after a crash: it
 * would read the missing pages as empty, and the next wal_checkpoint would write them so.
 */
export function assertDatabaseNotTruncated(file: string): void {
  if (isTruncated(file))
    throw new LedgerUnusableError(`${file} was truncated, pages are missing: restore it from a copy.`);
}

function isTruncated(file: string): boolean {
  const log = readWalPages(`${file}-wal`);
  if (!log) return false;
  // stat, not open: closing a descriptor of the file would release the locks of this process's connections.
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const held = Math.floor(size / log.pageSize);
  for (let page = held + 1; page <= log.pageCount; page++)
    if (!log.pages.has(page) && page !== LOCK_BYTE_OFFSET / log.pageSize + 1) return true;
  return false;
}

/** The pages in a write-ahead log (https://sqlite.org/fileformat2.html#walformat); undefined if it has no commit. */
function readWalPages(file: string): { pageSize: number; pageCount: number; pages: Set<number> } | undefined {
  if (!existsSync(file)) return undefined;
  const log = openSync(file, 'r');
  try {
    const header = Buffer.alloc(32);
    if (readSync(log, header, 0, 32, 0) < 32) return undefined;
    const pageSize = header.readUInt32BE(8);
    const salts = header.subarray(16, 24);
    const pages = new Set<number>();
    let pageCount = 0;
    const frame = Buffer.alloc(24);
    for (let offset = 32; readSync(log, frame, 0, 24, offset) === 24; offset += 24 + pageSize) {
      if (!frame.subarray(8, 16).equals(salts)) break; // a frame from before the log was restarted
      pages.add(frame.readUInt32BE(0));
      pageCount = frame.readUInt32BE(4) || pageCount; // only the last frame of a commit has it
    }
    return pageCount > 0 ? { pageSize, pageCount, pages } : undefined;
  } finally {
    closeSync(log);
  }
}
