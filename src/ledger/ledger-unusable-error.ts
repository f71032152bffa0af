import { ApplicationError } from '../errors/application-error.js';

/** A ledger that this release cannot or must not open. The message says what to do. */
export class LedgerUnusableError extends ApplicationError {
  readonly code: 'ledger-unusable' | 'ledger-unavailable' = 'ledger-unusable';
}

/** Why a ledger that is not damaged cannot be written now; it may pass without a restart. */
export type UnavailabilityCode = 'busy' | 'disk-full' | 'ledger-unavailable';

/** A ledger that cannot be opened for writing now, but may perhaps be read. */
export class LedgerUnavailableError extends LedgerUnusableError {
  override readonly code = 'ledger-unavailable';

  constructor(
    readonly unavailability: UnavailabilityCode,
    message: string,
  ) {
    super(message);
  }
}
