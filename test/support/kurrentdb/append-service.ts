// The write operations of the Streams service: append, batch append, delete, tombstone.
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import codes from '@eventstore/db-client/generated/code_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import rpcStatus from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Message } from 'google-protobuf';
import { status } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ExpectedRevision,
  NO_STREAM,
  type WriteOutcome,
  type ProposedEvent,
} from './transaction-log.js';
import {
  parseExpectedRevision,
  toStreamIdentifier,
  parseProposedEvent,
  getEventSize,
  getStreamName,
  parseUuid,
} from './grpc-messages.js';
import {
  createEventTooLargeError,
  createMessageTooLargeError,
  createNotLeaderError,
  createNotReadyError,
  createStreamDeletedError,
  createTimeoutError,
  createAppendTooLargeError,
  createWrongVersionError,
} from './grpc-errors.js';
import type { ServiceCall, ServiceContext } from './service-context.js';

const { Code } = codes;

/** How long a server waits for the leader that it has forwarded an append to. Shorter than that of a real one. */
const FORWARDING_TIMEOUT_MS = 1_000;
/** How long a server waits until an append is replicated. */
const COMMIT_TIMEOUT_MS = 2_000;

type WriteRequest = {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly ProposedEvent[];
};

export const createAppendService = (
  node: ServiceContext,
): Pick<IStreamsServer, 'append' | 'batchAppend' | 'delete' | 'tombstone'> => ({
  append(call, callback) {
    let options: streams.AppendReq.Options | undefined;
    const events: ProposedEvent[] = [];
    let size = 0;
    let refusal: Error | null = null;
    call.on('data', (request: streams.AppendReq) => {
      if (refusal !== null) return;
      try {
        options ??= request.getOptions();
        const message = request.getProposedMessage();
        if (message === undefined) return;
        const event = parseProposedEvent(message);
        const eventSize = getEventSize(event);
        if (eventSize > node.maxAppendEventSize)
          throw createEventTooLargeError(event.id, eventSize, node.maxAppendEventSize);
        size += eventSize;
        if (size > node.maxAppendSize) throw createAppendTooLargeError(node.maxAppendSize);
        events.push(event);
      } catch (error) {
        refusal = error as Error;
        callback(refusal);
      }
    });
    call.on('end', () => {
      if (refusal !== null || options === undefined) return;
      const stream = getStreamName(options.getStreamIdentifier());
      const written = { stream, expected: parseExpectedRevision(options, options.getRevision()), events };
      void performAppend(node, call, written).then((outcome) => {
        if (outcome instanceof Error) callback(outcome);
        else if (outcome?.outcome === 'deleted') callback(createStreamDeletedError(stream));
        else if (outcome !== null) callback(null, toAppendResponse(outcome, written.expected));
      });
    });
  },

  batchAppend(call) {
    const pending = new Map<string, WriteRequest & { readonly events: ProposedEvent[] }>();
    call.on('data', (request: streams.BatchAppendReq) => {
      const correlation = parseUuid(request.getCorrelationId());
      const options = request.getOptions();
      if (options !== undefined)
        pending.set(correlation, {
          stream: getStreamName(options.getStreamIdentifier()),
          expected: parseExpectedRevision(options, options.getStreamPosition()),
          events: [],
        });
      const written = pending.get(correlation);
      if (written === undefined) return;
      const respond = (response: streams.BatchAppendResp): void => {
        pending.delete(correlation);
        response
          .setCorrelationId(request.getCorrelationId())
          .setStreamIdentifier(toStreamIdentifier(written.stream));
        if (!call.cancelled) call.write(response);
      };
      try {
        written.events.push(...request.getProposedMessagesList().map(parseProposedEvent));
      } catch (error) {
        const { message } = error as Error;
        respond(
          createBatchError(Code.INVALID_ARGUMENT, 'BadRequest', new shared.BadRequest().setMessage(message)),
        );
        return;
      }
      const size = written.events.reduce((sum, event) => sum + getEventSize(event), 0);
      if (size > node.maxAppendSize) {
        const details = new shared.MaximumAppendSizeExceeded().setMaxappendsize(node.maxAppendSize);
        respond(createBatchError(Code.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', details));
        return;
      }
      if (!request.getIsFinal()) return;
      pending.delete(correlation);
      void performAppend(node, call, written).then((outcome) => {
        if (outcome instanceof Error && 'code' in outcome && outcome.code === status.NOT_FOUND)
          call.emit('error', outcome);
        else if (outcome !== null) respond(toBatchResponse(outcome, written));
      });
    });
    call.on('end', () => call.end());
  },

  delete(call, callback) {
    const options = call.request.getOptions() ?? new streams.DeleteReq.Options();
    const stream = getStreamName(options.getStreamIdentifier());
    const expected = parseExpectedRevision(options, options.getRevision());
    const outcome = node.getWriteError(call) ?? node.log.delete(stream, expected);
    if (outcome instanceof Error) callback(outcome);
    else if (outcome.outcome === 'recorded') {
      const position = setPosition(new streams.DeleteResp.Position(), outcome.position);
      callback(null, new streams.DeleteResp().setPosition(position));
    } else callback(createRefusedError('Delete', stream, expected, outcome));
  },

  tombstone(call, callback) {
    const options = call.request.getOptions() ?? new streams.TombstoneReq.Options();
    const stream = getStreamName(options.getStreamIdentifier());
    const expected = parseExpectedRevision(options, options.getRevision());
    const outcome = node.getWriteError(call) ?? node.log.tombstone(stream, expected);
    if (outcome instanceof Error) callback(outcome);
    else if (outcome.outcome === 'recorded') {
      const position = setPosition(new streams.TombstoneResp.Position(), outcome.position);
      callback(null, new streams.TombstoneResp().setPosition(position));
    } else callback(createRefusedError('Tombstone', stream, expected, outcome));
  },
});

/** The result of an append, faults included; null if there is no response. */
async function performAppend(
  node: ServiceContext,
  call: ServiceCall,
  written: WriteRequest,
): Promise<WriteOutcome | Error | null> {
  await node.faults.waitBeforeAppend(written.stream, node);
  await node.waitUntilThawed();
  if (node.isIsolated) {
    await sleep(FORWARDING_TIMEOUT_MS);
    return createTimeoutError('Forwarding timeout');
  }
  if (isRepeated(node, written) && node.faults.isRepeatDropped()) {
    await sleep(COMMIT_TIMEOUT_MS);
    return createTimeoutError('Commit phase timeout');
  }
  const outcome = decideOutcome(node, call, written);
  await node.faults.waitBeforeResponse(written.stream, node);
  return outcome;
}

/** Whether the stream has all events of an append already. */
const isRepeated = (node: ServiceContext, { stream, events }: WriteRequest): boolean => {
  const ids = new Set(node.log.stream(stream)?.map(({ id }) => id));
  return events.every(({ id }) => ids.has(id));
};

function decideOutcome(
  node: ServiceContext,
  call: ServiceCall,
  { stream, expected, events }: WriteRequest,
): WriteOutcome | Error | null {
  if (call.cancelled || !node.isRunning) return null;
  const refusal = node.getWriteError(call);
  if (refusal !== null) return refusal;
  const write = (): WriteOutcome => node.log.append(stream, expected, events);
  switch (node.faults.takeAppendFault(stream, node)) {
    case null:
      return write();
    case 'drop-before':
      node.dropConnection(call);
      return null;
    case 'drop-after':
      write();
      node.dropConnection(call);
      return null;
    case 'mute-before':
      return null;
    case 'mute-after':
      write();
      return null;
    case 'timeout-before':
      return createTimeoutError();
    case 'timeout-after':
      write();
      return createTimeoutError();
    case 'not-leader':
      return createNotLeaderError(node.leader.host, node.leader.port);
    case 'deposed':
      return { outcome: 'wrong-version', current: (node.log.stream(stream)?.at(-1)?.revision ?? 0n) - 1n };
    case 'unreplicated':
      return { outcome: 'wrong-version', current: (node.log.stream(stream)?.at(-1)?.revision ?? -1n) + 1n };
    case 'not-ready':
      return createNotReadyError();
    case 'message-too-large':
      return createMessageTooLargeError();
  }
}

function toAppendResponse(
  outcome: Exclude<WriteOutcome, { outcome: 'deleted' }>,
  expected: ExpectedRevision,
): streams.AppendResp {
  if (outcome.outcome === 'wrong-version') {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (outcome.current === NO_STREAM) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(outcome.current));
    if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
    else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
    else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
    else wrong.setExpectedRevision(String(expected));
    return new streams.AppendResp().setWrongExpectedVersion(wrong);
  }
  const success = new streams.AppendResp.Success();
  if (outcome.revision === NO_STREAM) success.setNoStream(new shared.Empty());
  else success.setCurrentRevision(String(outcome.revision));
  if (outcome.outcome === 'nothing') success.setNoPosition(new shared.Empty());
  else success.setPosition(setPosition(new streams.AppendResp.Position(), outcome.position));
  return new streams.AppendResp().setSuccess(success);
}

function toBatchResponse(
  outcome: WriteOutcome | Error,
  { stream, expected }: WriteRequest,
): streams.BatchAppendResp {
  if (outcome instanceof Error) {
    const isTimeout = 'code' in outcome && outcome.code === status.ABORTED;
    return isTimeout
      ? createBatchError(Code.DEADLINE_EXCEEDED, 'Timeout', new shared.Timeout())
      : createBatchError(Code.OK, outcome.message, new empty.Empty());
  }
  switch (outcome.outcome) {
    case 'deleted':
      return createBatchError(
        Code.NOT_FOUND,
        'StreamDeleted',
        new shared.StreamDeleted().setStreamIdentifier(toStreamIdentifier(stream)),
      );
    case 'wrong-version': {
      const wrong = new shared.WrongExpectedVersion();
      if (outcome.current === NO_STREAM) wrong.setCurrentNoStream(new empty.Empty());
      else wrong.setCurrentStreamRevision(String(outcome.current));
      if (expected === 'any') wrong.setExpectedAny(new empty.Empty());
      else if (expected === 'no_stream') wrong.setExpectedNoStream(new empty.Empty());
      else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new empty.Empty());
      else wrong.setExpectedStreamPosition(String(expected));
      return createBatchError(Code.ALREADY_EXISTS, 'WrongExpectedVersion', wrong);
    }
    default: {
      const success = new streams.BatchAppendResp.Success();
      if (outcome.revision === NO_STREAM) success.setNoStream(new empty.Empty());
      else success.setCurrentRevision(String(outcome.revision));
      if (outcome.outcome === 'nothing') success.setNoPosition(new empty.Empty());
      else success.setPosition(setPosition(new shared.AllStreamPosition(), outcome.position));
      return new streams.BatchAppendResp().setSuccess(success);
    }
  }
}

/** A response with the error of one append; the call stays open. `name` is also that of the details' message. */
function createBatchError(code: codes.Code, name: string, details: Message): streams.BatchAppendResp {
  const packed = new any.Any();
  const typeName = details instanceof empty.Empty ? 'google.protobuf.Empty' : `event_store.client.${name}`;
  packed.pack(details.serializeBinary(), typeName);
  return new streams.BatchAppendResp().setError(
    new rpcStatus.Status().setCode(code).setMessage(name).setDetails(packed),
  );
}

const createRefusedError = (
  operation: string,
  stream: string,
  expected: ExpectedRevision,
  outcome: WriteOutcome,
): Error => {
  if (outcome.outcome !== 'wrong-version') return createStreamDeletedError(stream);
  const numbers = { any: -2n, no_stream: -1n, stream_exists: -4n };
  const number = typeof expected === 'bigint' ? expected : numbers[expected];
  return createWrongVersionError(operation, stream, number, outcome.current);
};

type PositionedMessage<T> = { setCommitPosition(value: string): { setPreparePosition(value: string): T } };

const setPosition = <T>(message: PositionedMessage<T>, position: bigint): T =>
  message.setCommitPosition(String(position)).setPreparePosition(String(position));
