// Catch-up subscriptions: everything after a checkpoint, then what comes
// (src/EventStore.Core/Services/Transport/Enumerators of KurrentDB).
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { eventFilter } from './event-filter.js';
import { LAST_REVISION, NO_STREAM, type Recorded } from './transaction-log.js';
import { type ReadCall, readEventOf, send, streamName } from './grpc-messages.js';
import { invalidPosition, streamDeleted } from './grpc-errors.js';
import type { Serving } from './service-context.js';

/** Events that are looked at in one go, and, unless the client says otherwise, between two checkpoints. */
const PAGE = 32;

const confirmation = (): streams.ReadResp =>
  new streams.ReadResp().setConfirmation(
    new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID()),
  );

const caughtUp = (): streams.ReadResp => new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());

const checkpoint = (position: bigint): streams.ReadResp =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint()
      .setCommitPosition(String(position))
      .setPreparePosition(String(position)),
  );

/**
 * Events after the position. A position that the log does not have yet is taken as it is: whatever comes before it
 * is never shown. Checkpoints name the last event that was looked at, whether it was shown or not.
 */
export async function subscribeToAll(
  node: Serving,
  call: ReadCall,
  options: streams.ReadReq.Options,
): Promise<void> {
  const all = options.getAll();
  const filter = options.getFilter();
  const allowed = eventFilter(filter);
  const window = filter?.hasMax() ? filter.getMax() : PAGE;
  const interval = window * (filter?.getCheckpointintervalmultiplier() ?? 1);
  let position = -1n;
  if (all?.hasEnd()) position = node.log.lastPosition;
  else if (all?.hasPosition()) position = BigInt(all.getPosition()?.getCommitPosition() ?? 0);
  if (position >= 0n && !node.log.isBoundary(position)) throw invalidPosition();
  await send(call, confirmation());
  let considered = 0;
  let said = position;
  const sayCheckpoint = async (): Promise<void> => {
    considered = 0;
    if (filter === undefined || position <= said) return;
    said = position;
    await send(call, checkpoint(position));
  };
  await follow(node, call, {
    next: () => node.log.after(position, PAGE).filter((event) => node.has(event)),
    take: async (event) => {
      if (allowed(event)) await deliver(node, call, event);
      position = event.position;
      considered += 1;
      if (considered >= interval) await sayCheckpoint();
    },
    live: sayCheckpoint,
  });
}

/** Events after the revision. */
export async function subscribeToStream(
  node: Serving,
  call: ReadCall,
  options: streams.ReadReq.Options.StreamOptions,
): Promise<void> {
  const name = streamName(options.getStreamIdentifier());
  const visible = (): readonly Recorded[] => node.log.stream(name)?.filter((event) => node.has(event)) ?? [];
  let revision = NO_STREAM;
  if (options.hasEnd()) revision = visible().at(-1)?.revision ?? NO_STREAM;
  else if (options.hasRevision()) revision = BigInt(options.getRevision());
  if (node.log.isTombstoned(name)) throw streamDeleted(name);
  await send(call, confirmation());
  await follow(node, call, {
    next: () =>
      visible()
        .filter((event) => event.revision > revision)
        .slice(0, PAGE),
    take: async (event) => {
      await deliver(node, call, event);
      revision = event.revision;
      if (revision === LAST_REVISION) throw streamDeleted(name);
    },
    live: () => Promise.resolve(),
  });
}

type Following = {
  /** The next events to look at; empty at the end. */
  readonly next: () => readonly Recorded[];
  readonly take: (event: Recorded) => Promise<void>;
  /** What is to be said before the client hears for the first time that it has caught up. */
  readonly live: () => Promise<void>;
};

/** Until the client is gone, or a test ends it. */
async function follow(node: Serving, call: ReadCall, { next, take, live }: Following): Promise<void> {
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  call.on('close', () => gone.abort());
  node.faults.ended.addEventListener('abort', () => gone.abort());
  const isGone = (): boolean => call.cancelled || gone.signal.aborted;
  const stalled = node.faults.stalled(call.request.getOptions()?.hasAll() === true);
  let isLive = false;
  while (!isGone()) {
    const events = next();
    for (const event of events) {
      await node.faults.beforeDelivery(node);
      if (stalled.aborted && !isGone()) await once(gone.signal, 'abort');
      if (isGone()) return;
      await take(event);
    }
    if (events.length > 0) continue;
    if (!isLive) {
      isLive = true;
      await live();
      if (node.faults.tellsCaughtUp) await send(call, caughtUp());
      continue;
    }
    await once(node.log.events, 'grown', { signal: gone.signal }).catch(() => undefined);
  }
}

async function deliver(node: Serving, call: ReadCall, event: Recorded): Promise<void> {
  for (const shown of node.faults.shown(event)) await send(call, readEventOf(shown));
  if (!node.faults.delivered()) return;
  // What was written leaves this process one turn later: the client is to have it when the connection is cut.
  await setTimeout(10);
  node.cut(call);
}
