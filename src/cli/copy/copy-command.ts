import type { Command } from 'commander';
import { abortOnSignal } from '../_shared/abort-on-signal.js';
import { parseLedgerLocation } from './ledger-location.js';
import { ProgressLine } from '../_shared/progress-line.js';
import { UsageError } from '../_shared/errors.js';
import { CLUSTER_TIMEOUT_MS } from '../_shared/timeouts.js';

type Options = {
  readonly from: string;
  readonly to: string;
  readonly fromPrefix?: string;
  readonly toPrefix?: string;
};

export function addCopyCommand(program: Command): void {
  program
    .command('copy')
    .description(
      'copy a book into another ledger, entry by entry, and verify that the root is the same; continues an interrupted run',
    )
    .requiredOption('--from <ledger>', 'the data directory of a stopped server, or esdb://... for a cluster')
    .requiredOption('--to <ledger>', 'empty, or with a beginning of the same book')
    .option('--from-prefix <prefix>', 'of the streams in the cluster (also LEDGER_PREFIX; minutebook)')
    .option('--to-prefix <prefix>', 'of the streams in the cluster (also LEDGER_PREFIX; minutebook)')
    .action(async ({ from, to, fromPrefix, toPrefix }: Options) => {
      const locations = [parseLedgerLocation(from, fromPrefix), parseLedgerLocation(to, toPrefix)] as const;
      if (locations[0].name === locations[1].name)
        throw new UsageError('--from and --to name the same ledger.');
      const signal = abortOnSignal();
      const progress = new ProgressLine();
      try {
        const { copyBook } = await import('./copy-book.js'); // loads the client of the cluster
        const { entries, root, existingEntries } = await copyBook(...locations, {
          signal,
          timeoutMs: CLUSTER_TIMEOUT_MS,
          reportProgress: (task, done, total) => progress.show(task, { done, of: total }),
        });
        progress.clear();
        console.log(`From: ${locations[0].name}, ${entries} entries, root ${root}`);
        console.log(`To:   ${locations[1].name}, ${entries} entries, root ${root}`);
        console.log(
          `Copied ${entries - existingEntries} entries after ${existingEntries} that were there: the roots are the same.`,
        );
        console.log(KEYS_NOTICE);
      } finally {
        progress.clear();
      }
    });
}

const KEYS_NOTICE =
  'Keys were not copied: the next start creates an admin key. To keep signing checkpoints with the same key, give checkpoint.key to the new node (in its data directory, or by CHECKPOINT_KEY_FILE) before it starts.';
