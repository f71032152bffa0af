// What a cluster's log has, as a ledger of this machine that is looked at and thrown away.
import { SqliteLedger } from '../../sqlite/sqlite-ledger.js';
import { LedgerUnusable } from '../../sqlite/schema.js';
import { WriterThread } from '../../sqlite/writer-thread.js';
import type { Cluster } from '../client/kurrentdb-connection.js';
import { Follower, type Listener } from './log-subscription.js';

export type LogCopy = {
  readonly cluster: Cluster;
  /** Made, or continued. */
  readonly file: string;
  /** So many are enough; by default all that the log has. */
  readonly entries?: number;
  /** In milliseconds: how long nothing may come from the cluster; by default it is waited for. */
  readonly patience?: number;
  /**
   * In milliseconds: as of a follower; by default half of the patience. Nobody looks again at what was taken for the end,
   * so it should be longer than with a node.
   */
  readonly silence?: number;
  readonly signal: AbortSignal;
  /** Told the last entry that is on disk. */
  readonly grown?: (head: number) => void;
};

/** The log cannot be followed: the message says why. */
export class LogLost extends LedgerUnusable {}

/**
 * Follows the log into the file until it has the entries that are enough or its end is reached. Rejects with LogLost,
 * with LedgerUnusable and a sentence, or with the signal's reason.
 */
export async function copyLog(copy: LogCopy): Promise<void> {
  const { cluster, file, entries = Infinity, patience, signal, grown } = copy;
  const { silence = patience && patience / 2 } = copy;
  signal.throwIfAborted();
  const writer = await WriterThread.open({ file, isCopy: true });
  const ledger = new SqliteLedger(file);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const impatient = (): void => {
    const reason = follower.reason || 'nothing comes';
    reject(new LedgerUnusable(`The cluster cannot be read (${reason}): look after it.`));
  };
  const waiting = patience === undefined ? undefined : setTimeout(impatient, patience);
  const listener: Listener = {
    grown: (head) => {
      grown?.(head);
      if (head >= entries) resolve(undefined);
    },
    told: (condition) => {
      if (condition === 'live') resolve(undefined);
    },
    lost: (sentence) => reject(new LogLost(sentence)),
    heard: () => waiting?.refresh(),
  };
  const follower = new Follower(cluster, writer, ledger, listener, { silence });
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
