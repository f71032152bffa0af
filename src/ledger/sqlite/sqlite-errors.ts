import { LedgerUnusableError } from '../ledger-unusable-error.js';

/** Why a ledger cannot be opened. The message advises a restore only if the file is damaged. */
export function toLedgerUnusableError(file: string, error: unknown): LedgerUnusableError {
  if (error instanceof LedgerUnusableError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const code = String((error as { readonly code?: unknown }).code);
  if (/^(?:SQLITE_(?:FULL|IOERR)|ENOSPC$|EIO$)/.test(code))
    return new LedgerUnusableError(
      `The disk under ${file} is full or failing (${code}): free some space or check the disk, then start again.`,
    );
  if (/^(?:SQLITE_(?:CANTOPEN|READONLY|BUSY|PROTOCOL|NOMEM)|E[A-Z]+$)/.test(code))
    return new LedgerUnusableError(
      `${file} cannot be opened (${reason}): check the permissions of the file and its directory, then start again.`,
    );
  return new LedgerUnusableError(`${file} cannot be read as a ledger (${reason}): restore it from a copy.`);
}

/**
 * SQLite's code of an error, such as SQLITE_FULL; '' for other errors. Not by class, since classes differ between
 * realms.
 */
export function getSqliteCode(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : '';
}
