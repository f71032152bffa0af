// Why the writer of the ledger did not write.
import { ApplicationError } from '../../errors/application-error.js';
import type { UnavailabilityCode } from '../ledger-unusable-error.js';

/** Nothing of a batch was written, or, with `ledger-lost` and `outcome-unknown`, nothing that is known to last. */
export class NotWrittenError extends ApplicationError {
  constructor(
    readonly code: UnavailabilityCode | 'clock' | 'ledger-lost' | 'outcome-unknown',
    message: string,
  ) {
    super(message);
  }
}

/**
 * A commit failed, and what is on disk could not be determined. The process must end: SQLite would continue with pages
 * that may never have reached the disk.
 */
export class LedgerStateUnknownError extends ApplicationError {
  readonly code = 'outcome-unknown';
}

/** What every command is told once a file was removed or replaced. Reads go on, since the opened file is still there. */
export const formatLostLedger = (name: string): string =>
  `${name} was removed or replaced while the server runs, so nothing can be recorded any more, and the last command may be lost. Export the book from this server (minutebook export --url) before you stop it: the file that it reads is gone with its process.`;

const UNAVAILABILITY: { readonly [C in UnavailabilityCode]: string } = {
  busy: 'Another program holds a lock on the ledger, so nothing was recorded: send the command again.',
  'disk-full': 'The disk is full: free some space, then send the command again.',
  'ledger-unavailable':
    'The ledger cannot be written now, so nothing was recorded, and the log of the server says why.',
};

/** What a client is told; the reason of SQLite is for the operator. */
export const formatUnavailability = (code: UnavailabilityCode): string => UNAVAILABILITY[code];
