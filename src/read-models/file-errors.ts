// What an error of a read model's file means: it may pass, or the file has to be built again.
import { getSqliteCode } from '../ledger/sqlite/sqlite-errors.js';

/** The file is not what was written: it was overwritten, cut off, or replaced by another one. */
export const isDamageError = (error: unknown): boolean =>
  /^SQLITE_(?:CORRUPT|NOTADB|IOERR_SHORT_READ|READONLY_DBMOVED)/.test(getSqliteCode(error)) ||
  (getSqliteCode(error) === 'SQLITE_ERROR' && /^no such (?:table|column)/.test((error as Error).message));

/** Whether a retry may succeed without a change of the code: a full disk, a lock, too many open files. */
export const isTransientError = (error: unknown): boolean =>
  error instanceof Error &&
  !isDamageError(error) &&
  ('syscall' in error ||
    /^SQLITE_(?:FULL|BUSY|LOCKED|IOERR|CANTOPEN|NOMEM|PROTOCOL|READONLY)/.test(getSqliteCode(error)));
