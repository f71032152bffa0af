// The errors of a server, with the trailers that clients read
// (src/EventStore.Core/Services/Transport/Grpc/RpcExceptions.cs of KurrentDB).
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';

const createServiceError = (
  code: status,
  details: string,
  trailers: { readonly [name: string]: string } = {},
): ServiceError => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
};

export const createNotReadyError = (): ServiceError =>
  createServiceError(status.UNAVAILABLE, 'Server Is Not Ready');

export const createTooBusyError = (): ServiceError =>
  createServiceError(status.UNAVAILABLE, 'Server Is Too Busy');

export const createTimeoutError = (reason = 'Prepare phase timeout.'): ServiceError =>
  createServiceError(status.ABORTED, `Operation timed out: ${reason}`);

export const createSlowConsumerError = (): ServiceError =>
  createServiceError(status.ABORTED, 'Operation timed out: Consumer too slow to handle event while live.');

export const createAccessDeniedError = (): ServiceError =>
  createServiceError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const createMessageTooLargeError = (): ServiceError =>
  createServiceError(
    status.RESOURCE_EXHAUSTED,
    'Received message exceeds the maximum configured message size.',
  );

export const createNotLeaderError = (host: string, port: number): ServiceError =>
  createServiceError(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

export const createStreamDeletedError = (stream: string): ServiceError =>
  createServiceError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const createWrongVersionError = (
  operation: string,
  stream: string,
  expected: bigint,
  current: bigint,
): ServiceError =>
  createServiceError(
    status.FAILED_PRECONDITION,
    `${operation} failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${current}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': String(expected),
      'actual-version': String(current),
    },
  );

export const createAppendTooLargeError = (maxAppendSize: number): ServiceError =>
  createServiceError(status.INVALID_ARGUMENT, `Maximum Append Size of ${maxAppendSize} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(maxAppendSize),
  });

export const createEventTooLargeError = (
  id: string,
  size: number,
  maxAppendEventSize: number,
): ServiceError =>
  createServiceError(
    status.INVALID_ARGUMENT,
    `Event with Id: ${id}, Size: ${size}, exceeds Maximum Append Event Size of ${maxAppendEventSize}.`,
    {
      exception: 'maximum-append-event-size-exceeded',
      'maximum-append-event-size': String(maxAppendEventSize),
      'event-id': id,
      'proposed-append-event-size': String(size),
    },
  );

export const createPropertyMissingError = (name: string): ServiceError =>
  createServiceError(status.INVALID_ARGUMENT, `Required Metadata Property '${name}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

export const createInvalidPositionError = (): ServiceError =>
  createServiceError(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');

export const createInvalidArgumentError = (sentence: string): ServiceError =>
  createServiceError(status.INVALID_ARGUMENT, sentence);
