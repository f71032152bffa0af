// What the errors of the driver and of a server say.
import { getErrorMessage } from '../../../errors/get-error-message.js';
import { type CommandError, ErrorType, isCommandError } from '@eventstore/db-client';

/** Why a call has failed that was not answered in time. */
export const NO_RESPONSE = 'it does not respond';

/** Exceptions of servers that refuse an append as too large: the driver does not know the second one yet. */
const TOO_LARGE_EXCEPTIONS: readonly unknown[] = [
  'maximum-append-size-exceeded',
  'maximum-append-event-size-exceeded',
];
/** RESOURCE_EXHAUSTED, with which gRPC itself refuses an event of more than 16 MiB, and more than that. */
const RESOURCE_EXHAUSTED = 8;
const MESSAGE_TOO_LARGE_PATTERN = /message exceeds the maximum|message larger than max/i;
/** Errors with which a server says that it has written nothing. */
const NOT_WRITTEN_ERRORS: readonly string[] = [ErrorType.NOT_LEADER, ErrorType.ACCESS_DENIED];
/** The same with codes that also say less: UNAVAILABLE is a lost connection, too, and UNKNOWN any fault. */
const NOT_WRITTEN_PATTERN = /Server Is Not Ready|Server Is Too Busy|No leader info/i;
const STREAM_MISSING_ERRORS: readonly string[] = [
  ErrorType.STREAM_NOT_FOUND,
  ErrorType.STREAM_DELETED,
  ErrorType.NO_STREAM,
];
/** ABORTED is how a server reports that the leader or the other servers have not answered it. */
const TIMEOUT_ERRORS: readonly string[] = [ErrorType.TIMEOUT, ErrorType.DEADLINE_EXCEEDED];

const asCommandError = (error: unknown): CommandError | undefined =>
  error instanceof Error && isCommandError(error) ? error : undefined;

const hasType = (error: unknown, types: readonly string[]): boolean => {
  const commandError = asCommandError(error);
  return commandError !== undefined && types.includes(commandError.type);
};

export function describeDriverError(error: unknown): string {
  const message = getErrorMessage(error);
  if (hasType(error, [ErrorType.NOT_LEADER])) return 'another server leads now';
  return hasType(error, [ErrorType.ACCESS_DENIED])
    ? `it refuses the user in LEDGER: check its password and its rights (${message})`
    : message;
}

/** Whether the stream that was read does not exist, or was deleted. */
export const isStreamMissing = (error: unknown): boolean => hasType(error, STREAM_MISSING_ERRORS);

export const isStreamDeleted = (error: unknown): boolean => hasType(error, [ErrorType.STREAM_DELETED]);

/** Whether a server, or the server that it has asked, did not respond in time. */
export const isTimeout = (error: unknown): boolean => hasType(error, TIMEOUT_ERRORS);

/** Whether a server ended a call, as one of 23.10 ends subscriptions that are slower than the log grows. */
export const isAborted = (error: unknown): boolean => hasType(error, [ErrorType.TIMEOUT]);

/** Whether an append was refused because of its size, by the server or by gRPC. */
export function isTooLarge(error: unknown): boolean {
  const raw = asCommandError(error)?._raw;
  if (TOO_LARGE_EXCEPTIONS.includes(raw?.metadata.get('exception')[0])) return true;
  return (
    raw !== undefined &&
    Number(raw.code) === RESOURCE_EXHAUSTED &&
    MESSAGE_TOO_LARGE_PATTERN.test(raw.details)
  );
}

/** Whether an append that failed with this error was certainly not written. */
export function isNotWritten(error: unknown): boolean {
  const commandError = asCommandError(error);
  // An error that is no response of a server comes from discovery: nothing was sent.
  if (!commandError) return true;
  return NOT_WRITTEN_ERRORS.includes(commandError.type) || NOT_WRITTEN_PATTERN.test(commandError.message);
}
