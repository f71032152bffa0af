// What an error of a read model's file means: it may pass, or the file has to be built again.
import { getSqliteCode, isDamageCode } from '../ledger/sqlite/sqlite-errors.js';

/** The file of a read model is not what was written. The ledger, which projections read, has an error of its own for that. */
export const isDamageError = (error: unknown): boolean =>
  isDamageCode(getSqliteCode(error)) ||
  (getSqliteCode(error) === 'SQLITE_ERROR' && /^no such (?:table|column)/.test((error as Error).message));

/** Whether a retry may succeed without a change of the code: a full disk, a lock, too many open files. */
export const isTransientError = (error: unknown): boolean =>
  error instanceof Error &&
  !isDamageError(error) &&
  ('syscall' in error ||
    /^SQLITE_(?:FULL|BUSY|LOCKED|IOERR|CANTOPEN|NOMEM|PROTOCOL|READONLY)/.test(getSqliteCode(error)));
