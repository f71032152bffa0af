/** What was asked for is refused, or differs from what it should be. The message is one sentence, the exit code 1. */
export class OperationFailedError extends Error {}

/** The words on the command line cannot be meant. The message is one sentence, the exit code 2. */
export class UsageError extends Error {}
