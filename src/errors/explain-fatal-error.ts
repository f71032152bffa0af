// What a person is told when a command line or a start fails: one sentence that says what to do, and no stack.
import { ApplicationError } from './application-error.js';

const ADVICE: readonly (readonly [code: RegExp, advice: string])[] = [
  [/^(?:SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)$/, 'the disk is full: free some space'],
  [/^(?:EMFILE|ENFILE)$/, 'too many files are open: raise the limit (ulimit -n)'],
  [/^(?:EACCES|EPERM)$/, 'check the permissions'],
  [/^(?:EROFS|SQLITE_READONLY\w*)$/, 'it cannot be written: check the permissions and the disk'],
  [/^SQLITE_CANTOPEN/, 'check the permissions, and how many files may be open (ulimit -n)'],
  [/^(?:SQLITE_BUSY|SQLITE_LOCKED)/, 'another program uses the file: stop that one, then try again'],
  [/^(?:SQLITE_NOTADB|SQLITE_CORRUPT)/, 'the file is damaged: restore it from a backup'],
  [/^(?:SQLITE_IOERR|EIO$)/, 'check the disk'],
];

/** The sentence of an error of this program; one about the file system or SQLite with advice; else that it is a defect. */
export function explainFatalError(error: unknown): string {
  if (error instanceof ApplicationError) return error.message;
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const text = String(message ?? error).replace(/\.$/, '');
  if (typeof code === 'string' && /^(?:SQLITE_|E[A-Z]+$)/.test(code)) {
    const advice = ADVICE.find(([pattern]) => pattern.test(code))?.[1];
    return `The file system or a database failed (${code}: ${text})${advice === undefined ? '' : `: ${advice}`}.`;
  }
  const name = error instanceof Error ? error.name : 'Error';
  return `Minutebook failed because of a defect (${name}: ${text}). LOG_LEVEL=debug prints where; please report it.`;
}

/** Where it failed, for an error that is a defect; undefined unless the log level asks for it. */
export const getDebugStack = (error: unknown, logLevel: string | undefined): string | undefined =>
  (logLevel === 'debug' || logLevel === 'verbose') && error instanceof Error ? error.stack : undefined;
