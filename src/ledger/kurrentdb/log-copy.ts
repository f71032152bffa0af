// What a cluster's log has, as a ledger of this machine that is looked at and thrown away.
import { SqliteLedger } from '../sqlite/sqlite-ledger.js';
import { LedgerUnusable } from '../sqlite/schema.js';
import { WriterThread } from '../sqlite/writer-thread.js';
import type { Cluster } from './cluster.js';
import { Follower, type Listener } from './follower.js';

export type LogCopy = {
  readonly cluster: Cluster;
  /** Made, or continued. */
  readonly file: string;
  /** In milliseconds: how long nothing may come from the cluster. */
  readonly patience: number;
  readonly signal: AbortSignal;
  /** Told the last entry that is on disk. */
  readonly grown: (head: number) => void;
};

/**
 * Follows the log into the file until its end is reached. Rejects with LedgerUnusable and a sentence, or with the
 * signal's reason.
 */
export async function copyLog({ cluster, file, patience, signal, grown }: LogCopy): Promise<void> {
  signal.throwIfAborted();
  const writer = await WriterThread.open({ file, isCopy: true });
  const ledger = new SqliteLedger(file);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const unusable = (sentence: string): void => reject(new LedgerUnusable(sentence));
  const silence = setTimeout(
    () => unusable(`The cluster cannot be read (${follower.reason || 'nothing comes'}): look after it.`),
    patience,
  );
  const listener: Listener = {
    grown,
    told: (condition) => {
      if (condition === 'live') resolve(undefined);
    },
    lost: unusable,
    heard: () => silence.refresh(),
  };
  // Nobody looks again at what was taken for the end, so it takes longer than with a node.
  const follower = new Follower(cluster, writer, ledger, listener, { silence: patience / 2 });
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', stop);
  follower.start();
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(silence);
    await follower.stop();
    await writer.close();
    ledger.close();
  }
}
