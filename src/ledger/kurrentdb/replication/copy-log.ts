// What a cluster's log has, as a ledger of this machine that is looked at and thrown away.
import { SqliteLedger } from '../../sqlite/sqlite-ledger.js';
import { LedgerUnusableError } from '../../sqlite/schema.js';
import { WriterThread } from '../../sqlite/writer-thread.js';
import type { KurrentDbConnection } from '../client/kurrentdb-connection.js';
import { LogSubscription, type LogSubscriptionListener } from './log-subscription.js';

export type CopyLogOptions = {
  readonly connection: KurrentDbConnection;
  /** Made, or continued. */
  readonly file: string;
  /** So many are enough; by default all that the log has. */
  readonly maxEntries?: number;
  /** In milliseconds: how long nothing may come from the cluster; by default it is waited for. */
  readonly idleTimeoutMs?: number;
  /**
   * In milliseconds: as of a follower; by default half of the patience. Nobody looks again at what was taken for the end,
   * so it should be longer than with a node.
   */
  readonly assumeCaughtUpAfterMs?: number;
  readonly signal: AbortSignal;
  /** Told the last entry that is on disk. */
  readonly onHead?: (head: number) => void;
};

/** The log cannot be followed: the message says why. */
export class LogUnreadableError extends LedgerUnusableError {}

/**
 * Follows the log into the file until it has the entries that are enough or its end is reached. Rejects with LogLost,
 * with LedgerUnusable and a sentence, or with the signal's reason.
 */
export async function copyLog(copy: CopyLogOptions): Promise<void> {
  const { connection, file, maxEntries: entries = Infinity, idleTimeoutMs, signal, onHead } = copy;
  const { assumeCaughtUpAfterMs: assumeCaughtUpAfterMs = idleTimeoutMs && idleTimeoutMs / 2 } = copy;
  signal.throwIfAborted();
  const writer = await WriterThread.open({ file, isReplica: true });
  const ledger = new SqliteLedger(file);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const impatient = (): void => {
    const reason = follower.disconnectReason || 'nothing comes';
    reject(new LedgerUnusableError(`The cluster cannot be read (${reason}): look after it.`));
  };
  const waiting = idleTimeoutMs === undefined ? undefined : setTimeout(impatient, idleTimeoutMs);
  const listener: LogSubscriptionListener = {
    onHead: (head) => {
      onHead?.(head);
      if (head >= entries) resolve(undefined);
    },
    onConnectionState: (condition) => {
      if (condition === 'live') resolve(undefined);
    },
    onFatal: (sentence) => reject(new LogUnreadableError(sentence)),
    onActivity: () => waiting?.refresh(),
  };
  const follower = new LogSubscription(connection, writer, ledger, listener, { assumeCaughtUpAfterMs });
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', stop);
  follower.start();
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(waiting);
    await follower.stop();
    await writer.close();
    ledger.close();
  }
}
