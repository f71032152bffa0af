// Copies a cluster's log into a ledger file, which is read and then removed.
import { SqliteLedger } from '../../sqlite/sqlite-ledger.js';
import { LedgerUnusableError } from '../../ledger-unusable-error.js';
import { LedgerWriterThread } from '../../sqlite/ledger-writer-thread.js';
import type { KurrentDbConnection } from '../client/kurrentdb-connection.js';
import { LogReplicator, type LogReplicatorListener } from './log-replicator.js';

type CopyLogOptions = {
  readonly connection: KurrentDbConnection;
  /** Created, or continued. */
  readonly file: string;
  /** The copy ends when it has so many; by default with the end of the log. */
  readonly maxEntries?: number;
  /** How long the cluster may send nothing; by default there is no limit. */
  readonly idleTimeoutMs?: number;
  /**
   * See LogReplicatorTimeouts; by default half of `idleTimeoutMs`. It should be longer than that of a node, because
   * entries behind an end that was assumed too early are never copied.
   */
  readonly assumeCaughtUpAfterMs?: number;
  readonly signal: AbortSignal;
  /** Called with the last entry on disk. */
  readonly onHead?: (head: number) => void;
};

/** The log cannot be replicated: the message says why. */
export class ReplicationFailedError extends LedgerUnusableError {}

/**
 * Replicates the log into the file until that has `maxEntries`, or the end of the log is reached. Rejects with
 * ReplicationFailedError, with another LedgerUnusableError, or with the signal's reason.
 */
export async function copyLogToFile(options: CopyLogOptions): Promise<void> {
  const { connection, file, maxEntries = Infinity, idleTimeoutMs, signal, onHead } = options;
  const { assumeCaughtUpAfterMs = idleTimeoutMs && idleTimeoutMs / 2 } = options;
  signal.throwIfAborted();
  const writer = await LedgerWriterThread.open({ file, isReplica: true });
  const ledger = new SqliteLedger(file);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const handleIdle = (): void => {
    const reason = replicator.disconnectReason || 'it sends nothing';
    reject(new LedgerUnusableError(`The cluster cannot be read (${reason}): check the cluster.`));
  };
  const idleTimer = idleTimeoutMs === undefined ? undefined : setTimeout(handleIdle, idleTimeoutMs);
  const listener: LogReplicatorListener = {
    onHead: (head) => {
      onHead?.(head);
      if (head >= maxEntries) resolve(undefined);
    },
    onConnectionState: (state) => {
      if (state === 'live') resolve(undefined);
    },
    onFatal: (message) => reject(new ReplicationFailedError(message)),
    onActivity: () => idleTimer?.refresh(),
  };
  const replicator = new LogReplicator(connection, writer, ledger, listener, { assumeCaughtUpAfterMs });
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', abort);
  replicator.start();
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    clearTimeout(idleTimer);
    await replicator.stop();
    await writer.close();
    ledger.close();
  }
}
