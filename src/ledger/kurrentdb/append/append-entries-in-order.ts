// Appends the entries of another ledger to a cluster's log, one append after the other: all nodes number and hash
// what the log holds, so the next append is sent only when the previous one is known to be in the log.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from '../../entry.js';
import { ImportRefusedError } from '../../sequencer.js';
import { LedgerUnusableError } from '../../ledger-unusable-error.js';
import { createBackoff } from '../client/backoff.js';
import { serializeEvent } from '../client/event-serializer.js';
import { describeDriverError } from '../client/driver-errors.js';
import type { AppendResult, KurrentDbConnection } from '../client/kurrentdb-connection.js';
import { APPEND_RETRY_BACKOFF_MS, COPY_ATTEMPT_TIMEOUT_MS } from '../timeouts.js';

/**
 * Appends entries of one stream that were recorded together, with their ids, metadata and times. Resolves when the
 * cluster has them, also if it had them before. Rejects with ImportRefusedError if other events have their revisions,
 * with AppendTooLargeError, with LedgerUnusableError if it is not known after `timeoutMs` whether they were written;
 * then the same entries must be the next to be appended.
 */
export async function appendEntriesInOrder(
  connection: KurrentDbConnection,
  entries: readonly [Entry, ...Entry[]],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const [{ entry, stream, revision }] = entries;
  const name = connection.toClusterStreamName(stream);
  const events = entries.map(({ recordedAt, ...event }) =>
    serializeEvent({ ...event, requestKey: null }, recordedAt),
  );
  const endsAt = performance.now() + timeoutMs;
  const delays = createBackoff(APPEND_RETRY_BACKOFF_MS);
  for (;;) {
    const result = await connection.append(name, revision - 1, events, COPY_ATTEMPT_TIMEOUT_MS);
    if (result.type === 'written') return;
    let reason = 'reason' in result ? result.reason : '';
    try {
      if (await isAlreadyWritten(connection, entries, result)) return;
    } catch (error) {
      if (error instanceof ImportRefusedError) throw error;
      reason = describeDriverError(error);
    }
    if (performance.now() > endsAt)
      throw new LedgerUnusableError(
        `The cluster does not take entry ${entry} (${reason}): check the cluster.`,
      );
    await sleep(delays.nextMs(), undefined, { signal });
  }
}

/** Rejects with ImportRefusedError if they can no longer be written, or with the error that prevents finding out. */
async function isAlreadyWritten(
  connection: KurrentDbConnection,
  entries: readonly [Entry, ...Entry[]],
  { type }: AppendResult,
): Promise<boolean> {
  if (type !== 'wrong-revision' && type !== 'deleted') return false;
  const [{ entry, stream, revision: firstRevision }] = entries;
  const name = connection.toClusterStreamName(stream);
  for (const { id, revision } of entries) {
    const found = await connection.readEvent(name, revision);
    if (found?.event?.id !== id)
      throw new ImportRefusedError(
        'invalid-export',
        `Entry ${entry} cannot be written as ${name}@${firstRevision}: ${type === 'deleted' ? 'the stream was deleted' : 'another client writes to this stream'}.`,
        entry,
      );
  }
  return true;
}
