import { ApplicationError } from '../../errors/application-error.js';
/** What was asked for is refused, or differs from what it should be. The message is one sentence, the exit code 1. */
export class OperationFailedError extends ApplicationError {
  readonly code = 'operation-failed';
}

/** The words on the command line cannot be meant. The message is one sentence, the exit code 2. */
export class UsageError extends ApplicationError {
  readonly code = 'wrong-usage';
}
