import { getErrorMessage } from '../../errors/get-error-message.js';
import {
  LedgerUnavailableError,
  LedgerUnusableError,
  type UnavailabilityCode,
} from '../ledger-unusable-error.js';

const getErrorCode = (error: unknown): string =>
  String((error as { readonly code?: unknown } | null | undefined)?.code);

/** Undefined if the error is not one that passes when a lock, space, descriptors or permissions are given back. */
export function findUnavailabilityCode(error: unknown): UnavailabilityCode | undefined {
  const code = getErrorCode(error);
  if (/^SQLITE_(?:BUSY|LOCKED)/.test(code)) return 'busy';
  // SQLite cannot extend the shared memory of a log on a full disk, and calls that an I/O error.
  if (/^(?:SQLITE_(?:FULL|IOERR_SHMSIZE)|ENOSPC|EDQUOT)$/.test(code)) return 'disk-full';
  return /^(?:SQLITE_(?:CANTOPEN|READONLY|PROTOCOL|NOMEM)|(?!EIO$)E[A-Z]+$)/.test(code)
    ? 'ledger-unavailable'
    : undefined;
}

/** Why a ledger cannot be opened. The message advises a restore only if the file is damaged. */
export function toLedgerUnusableError(file: string, error: unknown): LedgerUnusableError {
  if (error instanceof LedgerUnusableError) return error;
  const reason = getErrorMessage(error);
  const code = getErrorCode(error);
  const unavailability = findUnavailabilityCode(error);
  const diskAdvice = `The disk under ${file} is full or failing (${code}): free some space or check the disk, then start again.`;
  if (unavailability === 'disk-full') return new LedgerUnavailableError(unavailability, diskAdvice);
  if (/^(?:SQLITE_IOERR|EIO$)/.test(code)) return new LedgerUnusableError(diskAdvice);
  if (unavailability !== undefined)
    return new LedgerUnavailableError(
      unavailability,
      `${file} cannot be opened (${reason}): check the permissions of the file and its directory, then start again.`,
    );
  return new LedgerUnusableError(`${file} cannot be read as a ledger (${reason}): restore it from a copy.`);
}

/** The content of a file is not what SQLite wrote: it was overwritten, cut off, or replaced by another one. */
export const isDamageCode = (code: string): boolean =>
  /^SQLITE_(?:CORRUPT|NOTADB|IOERR_SHORT_READ|READONLY_DBMOVED)/.test(code);

/** What a client is told of it. */
export const LEDGER_DAMAGED_DETAIL =
  'A page of the ledger is damaged, so that it cannot be read here and nothing is recorded; the log of the server and an audit say more.';

/** The sentence for the operator about a ledger whose entries may be whole, but not what SQLite needs to find them. */
export const formatRebuildAdvice = (file: string, damage: string): string =>
  `${file} is damaged (${damage}): stop the server and make a new file from its entries with "minutebook copy --from <this directory> --to <new directory>", or restore it from a copy.`;

/**
 * SQLite's code of an error, such as SQLITE_FULL; '' for other errors. Not by class, since classes differ between
 * realms.
 */
export function getSqliteCode(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : '';
}
