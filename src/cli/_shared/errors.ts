import { ApplicationError } from '../../errors/application-error.js';
/** The operation failed, was refused, or found a difference. The message is one sentence, the exit code 1. */
export class OperationFailedError extends ApplicationError {
  readonly code = 'operation-failed';
}

/** The command line is invalid. The message is one sentence, the exit code 2. */
export class UsageError extends ApplicationError {
  readonly code = 'wrong-usage';
}
