// Entries of another ledger, written into a cluster's log one append after the other: what stands there is what all
// nodes number and hash, so the next one goes out only when it is known that the one before it is there.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from '../../entry.js';
import { NotTakenOver } from '../../sequencer.js';
import { LedgerUnusable } from '../../sqlite/schema.js';
import { type Attempt, type Cluster, messageOf } from '../client/kurrentdb-connection.js';
import { storedEvent } from '../client/event-serializer.js';

/** In milliseconds: between attempts, doubled from the first to the second, and for the answer to one. */
const RESEND = [20, 1_000] as const;
const ATTEMPT = 5_000;

/**
 * Appends entries of one stream, which were recorded together, with their ids, metadata and times. Resolves when the
 * cluster has them, also if it had them before. Rejects with NotTakenOver if something else stands in their place,
 * with TooLarge, with LedgerUnusable if after so many milliseconds it is not known whether they were taken; then the same entries
 * must be the next to be appended.
 */
export async function appendInOrder(
  cluster: Cluster,
  entries: readonly [Entry, ...Entry[]],
  patience: number,
  signal: AbortSignal,
): Promise<void> {
  const [{ entry, stream, revision }] = entries;
  const stored = entries.map(({ recordedAt, ...event }) =>
    storedEvent({ ...event, requestKey: null }, recordedAt),
  );
  const until = performance.now() + patience;
  const [least, most] = RESEND;
  for (let wait: number = least; ; wait = Math.min(2 * wait, most)) {
    const tried = await cluster.append(cluster.nameOf(stream), revision - 1, stored, ATTEMPT);
    if (tried.attempt === 'written') return;
    let reason = 'reason' in tried ? tried.reason : '';
    try {
      if (await isTaken(cluster, entries, tried)) return;
    } catch (error) {
      if (error instanceof NotTakenOver) throw error;
      reason = messageOf(error);
    }
    if (performance.now() > until)
      throw new LedgerUnusable(`The cluster does not take entry ${entry} (${reason}): look after it.`);
    await sleep(wait, undefined, { signal });
  }
}

/** Rejects with NotTakenOver if they can no longer be taken, or with what keeps it from being found out. */
async function isTaken(
  cluster: Cluster,
  entries: readonly [Entry, ...Entry[]],
  { attempt }: Attempt,
): Promise<boolean> {
  if (attempt !== 'wrong-revision' && attempt !== 'deleted') return false;
  const [{ entry, stream, revision }] = entries;
  for (const { id, revision: place } of entries) {
    const found = await cluster.eventAt(cluster.nameOf(stream), place);
    if (found?.event?.id !== id)
      throw new NotTakenOver(
        'invalid-export',
        `Entry ${entry} cannot be written as ${cluster.nameOf(stream)}@${revision}: ${attempt === 'deleted' ? 'the stream was deleted' : 'somebody else writes there'}.`,
        entry,
      );
  }
  return true;
}
