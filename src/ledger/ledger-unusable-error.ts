import { ApplicationError } from '../errors/application-error.js';

/** A ledger that this release cannot or must not open. The message says what to do. */
export class LedgerUnusableError extends ApplicationError {
  readonly code = 'ledger-unusable';
}
