import type { Command } from 'commander';
import { abortOnSignal } from '../_shared/abort-on-signal.js';
import { parseLedgerLocation } from './ledger-location.js';
import { ProgressLine } from '../_shared/progress-line.js';
import { UsageError } from '../_shared/errors.js';

type Options = {
  readonly from: string;
  readonly to: string;
  readonly fromPrefix?: string;
  readonly toPrefix?: string;
};

/** How long a cluster may not answer before the copy gives up, in milliseconds. */
const CLUSTER_TIMEOUT_MS = 15_000;

export function addCopyCommand(program: Command): void {
  program
    .command('copy')
    .description(
      'write a book into another ledger, entry by entry as it is, and prove that the root is the same; goes on where an earlier run ended',
    )
    .requiredOption('--from <ledger>', 'the data directory of a stopped server, or esdb://... for a cluster')
    .requiredOption('--to <ledger>', 'an empty one, or one with a beginning of the same book')
    .option('--from-prefix <prefix>', 'of the streams in the cluster (also LEDGER_PREFIX; minutebook)')
    .option('--to-prefix <prefix>', 'of the streams in the cluster (also LEDGER_PREFIX; minutebook)')
    .action(async ({ from, to, fromPrefix, toPrefix }: Options) => {
      const places = [parseLedgerLocation(from, fromPrefix), parseLedgerLocation(to, toPrefix)] as const;
      if (places[0].name === places[1].name) throw new UsageError('--from and --to name the same ledger.');
      const signal = abortOnSignal();
      const progress = new ProgressLine();
      try {
        const { copyBook } = await import('./copy-book.js'); // with the client of the cluster
        const { entries, root, existingEntries } = await copyBook(...places, {
          signal,
          timeoutMs: CLUSTER_TIMEOUT_MS,
          reportProgress: (doing, done, of) => progress.show(doing, { done, of }),
        });
        progress.clear();
        console.log(`From: ${places[0].name}, ${entries} entries, root ${root}`);
        console.log(`To:   ${places[1].name}, ${entries} entries, root ${root}`);
        console.log(
          `Copied ${entries - existingEntries} entries behind ${existingEntries} that stood there: the roots are the same.`,
        );
        console.log(KEYS_NOTICE);
      } finally {
        progress.clear();
      }
    });
}

const KEYS_NOTICE =
  'Keys were not copied: the next start makes an admin key. So that the same key goes on signing checkpoints, give checkpoint.key to the new node (in its data directory, or by CHECKPOINT_KEY_FILE) before it starts.';
