// Entries of another ledger, written into a cluster's log one append after the other: what stands there is what all
// nodes number and hash, so the next one goes out only when it is known that the one before it is there.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from '../../entry.js';
import { ImportRefusedError } from '../../sequencer.js';
import { LedgerUnusableError } from '../../sqlite/schema.js';
import {
  type AppendAttempt,
  type KurrentDbConnection,
  getErrorMessage,
} from '../client/kurrentdb-connection.js';
import { serializeEvent } from '../client/event-serializer.js';

/** In milliseconds: between attempts, doubled from the first to the second, and for the answer to one. */
const RETRY_BACKOFF_MS = [20, 1_000] as const;
const ATTEMPT_TIMEOUT_MS = 5_000;

/**
 * Appends entries of one stream, which were recorded together, with their ids, metadata and times. Resolves when the
 * cluster has them, also if it had them before. Rejects with NotTakenOver if something else stands in their place,
 * with TooLarge, with LedgerUnusable if after so many milliseconds it is not known whether they were taken; then the same entries
 * must be the next to be appended.
 */
export async function replicateEntries(
  cluster: KurrentDbConnection,
  entries: readonly [Entry, ...Entry[]],
  patience: number,
  signal: AbortSignal,
): Promise<void> {
  const [{ entry, stream, revision }] = entries;
  const stored = entries.map(({ recordedAt, ...event }) =>
    serializeEvent({ ...event, requestKey: null }, recordedAt),
  );
  const until = performance.now() + patience;
  const [least, most] = RETRY_BACKOFF_MS;
  for (let wait: number = least; ; wait = Math.min(2 * wait, most)) {
    const tried = await cluster.append(
      cluster.toClusterStreamName(stream),
      revision - 1,
      stored,
      ATTEMPT_TIMEOUT_MS,
    );
    if (tried.attempt === 'written') return;
    let reason = 'reason' in tried ? tried.reason : '';
    try {
      if (await isAlreadyWritten(cluster, entries, tried)) return;
    } catch (error) {
      if (error instanceof ImportRefusedError) throw error;
      reason = getErrorMessage(error);
    }
    if (performance.now() > until)
      throw new LedgerUnusableError(`The cluster does not take entry ${entry} (${reason}): look after it.`);
    await sleep(wait, undefined, { signal });
  }
}

/** Rejects with NotTakenOver if they can no longer be taken, or with what keeps it from being found out. */
async function isAlreadyWritten(
  cluster: KurrentDbConnection,
  entries: readonly [Entry, ...Entry[]],
  { attempt }: AppendAttempt,
): Promise<boolean> {
  if (attempt !== 'wrong-revision' && attempt !== 'deleted') return false;
  const [{ entry, stream, revision }] = entries;
  for (const { id, revision: place } of entries) {
    const found = await cluster.readEvent(cluster.toClusterStreamName(stream), place);
    if (found?.event?.id !== id)
      throw new ImportRefusedError(
        'invalid-export',
        `Entry ${entry} cannot be written as ${cluster.toClusterStreamName(stream)}@${revision}: ${attempt === 'deleted' ? 'the stream was deleted' : 'somebody else writes there'}.`,
        entry,
      );
  }
  return true;
}
