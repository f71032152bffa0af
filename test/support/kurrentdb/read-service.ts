// The read operations of the Streams service. Links are not resolved: the double never writes any.
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { createEventFilter } from './event-filter.js';
import type { RecordedEvent } from './transaction-log.js';
import {
  END,
  toStreamIdentifier,
  type ReadCall,
  toReadResponse,
  writeResponse,
  getStreamName,
} from './grpc-messages.js';
import {
  createInvalidArgumentError,
  createInvalidPositionError,
  createStreamDeletedError,
} from './grpc-errors.js';
import type { ServiceContext } from './service-context.js';
import { subscribeToAll, subscribeToStream } from './subscriptions.js';

const { BACKWARDS } = streams.ReadReq.Options.ReadDirection;

export const createReadService = (node: ServiceContext): Pick<IStreamsServer, 'read'> => ({
  read(call) {
    // Errors of the stream itself mean that the client has disconnected, so none can be sent.
    void respondToRead(node, call).catch((error: unknown) => {
      if (!call.cancelled) call.emit('error', error);
    });
  },
});

async function respondToRead(node: ServiceContext, call: ReadCall): Promise<void> {
  const options = call.request.getOptions();
  if (options === undefined) throw createInvalidArgumentError('a read without options');
  await node.faults.waitBeforeRead(node);
  await node.waitUntilThawed();
  const refused = node.getReadError(call);
  if (refused !== null) throw refused;
  if (node.faults.isReadIgnored(options.hasSubscription())) return;
  const stream = options.getStream();
  if (options.hasSubscription()) {
    if (stream === undefined) await subscribeToAll(node, call, options);
    else await subscribeToStream(node, call, stream);
    if (!call.cancelled) call.end();
    return;
  }
  const count = Number(options.getCount());
  const events =
    stream === undefined
      ? readAll(node, options)
      : readStream(node, stream, options.getReadDirection() === BACKWARDS);
  if (events === null) {
    const name = getStreamName(stream?.getStreamIdentifier());
    const notFound = new streams.ReadResp.StreamNotFound().setStreamIdentifier(toStreamIdentifier(name));
    call.write(new streams.ReadResp().setStreamNotFound(notFound));
  } else
    for (const event of events.slice(0, count)) {
      if (call.cancelled) return;
      await writeResponse(call, toReadResponse(event));
    }
  call.end();
}

/** Forwards from the event at the position, backwards from the one before it. */
function readAll(node: ServiceContext, options: streams.ReadReq.Options): readonly RecordedEvent[] {
  const { log } = node;
  const all = options.getAll() ?? new streams.ReadReq.Options.AllOptions();
  const backwards = options.getReadDirection() === BACKWARDS;
  const allowed = createEventFilter(options.getFilter());
  const position = all.hasStart()
    ? 0n
    : all.hasEnd()
      ? END
      : BigInt(all.getPosition()?.getCommitPosition() ?? 0);
  if (!log.isBoundary(position)) throw createInvalidPositionError();
  const within = (event: RecordedEvent): boolean =>
    backwards ? event.position < position : event.position >= position;
  const events = log.all.filter((event) => node.isVisible(event) && within(event) && allowed(event));
  return backwards ? events.reverse() : events;
}

/** From the event with the revision, in both directions. */
function readStream(
  node: ServiceContext,
  options: streams.ReadReq.Options.StreamOptions,
  backwards: boolean,
): readonly RecordedEvent[] | null {
  const { log } = node;
  const name = getStreamName(options.getStreamIdentifier());
  if (log.isTombstoned(name)) throw createStreamDeletedError(name);
  const revision = options.hasStart() ? 0n : options.hasEnd() ? END : BigInt(options.getRevision());
  const events = log.stream(name)?.filter((event) => node.isVisible(event));
  if (!events || (events.length === 0 && log.stream(name)?.length)) return null;
  const within = (event: RecordedEvent): boolean =>
    backwards ? event.revision <= revision : event.revision >= revision;
  const read = events.filter(within);
  return backwards ? read.reverse() : read;
}
