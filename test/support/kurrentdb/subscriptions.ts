// Catch-up subscriptions: all events after a checkpoint, then new ones
// (src/EventStore.Core/Services/Transport/Enumerators of KurrentDB).
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { createEventFilter } from './event-filter.js';
import { LAST_REVISION, NO_STREAM, type RecordedEvent } from './transaction-log.js';
import { type ReadCall, toReadResponse, writeResponse, getStreamName } from './grpc-messages.js';
import {
  createInvalidPositionError,
  createSlowConsumerError,
  createStreamDeletedError,
} from './grpc-errors.js';
import type { ServiceContext } from './service-context.js';

/** Events that are filtered in one page and, by default, between two checkpoints. */
const PAGE_SIZE = 32;

const createConfirmation = (): streams.ReadResp =>
  new streams.ReadResp().setConfirmation(
    new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID()),
  );

const createCaughtUp = (): streams.ReadResp =>
  new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());

const createCheckpoint = (position: bigint): streams.ReadResp =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint()
      .setCommitPosition(String(position))
      .setPreparePosition(String(position)),
  );

/**
 * Events after the position. A position that the log does not have yet is accepted: events before it are never
 * delivered. Checkpoints name the last filtered event, whether it was delivered or not.
 */
export async function subscribeToAll(
  node: ServiceContext,
  call: ReadCall,
  options: streams.ReadReq.Options,
): Promise<void> {
  const all = options.getAll();
  const filter = options.getFilter();
  const allowed = createEventFilter(filter);
  const window = filter?.hasMax() ? filter.getMax() : PAGE_SIZE;
  const interval = window * (filter?.getCheckpointintervalmultiplier() ?? 1);
  let position = -1n;
  if (all?.hasEnd()) position = node.log.lastPosition;
  else if (all?.hasPosition()) position = BigInt(all.getPosition()?.getCommitPosition() ?? 0);
  if (position >= 0n && !node.log.isBoundary(position)) throw createInvalidPositionError();
  await writeResponse(call, createConfirmation());
  let considered = 0;
  let said = position;
  const sayCheckpoint = async (): Promise<void> => {
    considered = 0;
    if (filter === undefined || position <= said) return;
    said = position;
    await writeResponse(call, createCheckpoint(position));
  };
  await runSubscription(node, call, {
    readNext: () => node.log.readAfter(position, PAGE_SIZE).filter((event) => node.isVisible(event)),
    handleEvent: async (event) => {
      if (allowed(event)) await deliverEvent(node, call, event);
      position = event.position;
      considered += 1;
      if (considered >= interval) await sayCheckpoint();
    },
    onLive: sayCheckpoint,
  });
}

/** Events after the revision. */
export async function subscribeToStream(
  node: ServiceContext,
  call: ReadCall,
  options: streams.ReadReq.Options.StreamOptions,
): Promise<void> {
  const name = getStreamName(options.getStreamIdentifier());
  const visible = (): readonly RecordedEvent[] =>
    node.log.stream(name)?.filter((event) => node.isVisible(event)) ?? [];
  let revision = NO_STREAM;
  if (options.hasEnd()) revision = visible().at(-1)?.revision ?? NO_STREAM;
  else if (options.hasRevision()) revision = BigInt(options.getRevision());
  if (node.log.isTombstoned(name)) throw createStreamDeletedError(name);
  await writeResponse(call, createConfirmation());
  await runSubscription(node, call, {
    readNext: () =>
      visible()
        .filter((event) => event.revision > revision)
        .slice(0, PAGE_SIZE),
    handleEvent: async (event) => {
      await deliverEvent(node, call, event);
      revision = event.revision;
      if (revision === LAST_REVISION) throw createStreamDeletedError(name);
    },
    onLive: () => Promise.resolve(),
  });
}

type SubscriptionSource = {
  /** The next events to filter; empty at the end. */
  readonly readNext: () => readonly RecordedEvent[];
  readonly handleEvent: (event: RecordedEvent) => Promise<void>;
  /** Runs before the client is notified for the first time that it has caught up. */
  readonly onLive: () => Promise<void>;
};

/** Runs until the client disconnects or a test ends it. */
async function runSubscription(
  node: ServiceContext,
  call: ReadCall,
  { readNext, handleEvent, onLive }: SubscriptionSource,
): Promise<void> {
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  call.on('close', () => gone.abort());
  node.faults.endSignal.addEventListener('abort', () => gone.abort());
  const { abortSignal } = node.faults;
  abortSignal.addEventListener('abort', () => gone.abort());
  const isGone = (): boolean => call.cancelled || gone.signal.aborted;
  const stalled = node.faults.getStallSignal(call.request.getOptions()?.hasAll() === true);
  let isLive = false;
  while (!isGone()) {
    const events = readNext();
    for (const event of events) {
      await node.faults.waitBeforeDelivery(node);
      if (stalled.aborted && !isGone()) await once(gone.signal, 'abort');
      if (isGone()) return;
      await handleEvent(event);
    }
    if (events.length > 0) continue;
    if (!isLive) {
      isLive = true;
      await onLive();
      if (node.faults.sendsCaughtUp) await writeResponse(call, createCaughtUp());
      continue;
    }
    await once(node.log.events, 'grown', { signal: gone.signal }).catch(() => undefined);
  }
  if (abortSignal.aborted && !call.cancelled) throw createSlowConsumerError();
}

async function deliverEvent(node: ServiceContext, call: ReadCall, event: RecordedEvent): Promise<void> {
  for (const shown of node.faults.getDeliveredEvents(event)) await writeResponse(call, toReadResponse(shown));
  if (!node.faults.isDisconnectDue()) return;
  // Written data leaves the process one turn of the event loop later; the client must have it before the connection is cut.
  await setTimeout(10);
  node.dropConnection(call);
}
