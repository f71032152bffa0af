// The book in the data directory of a server that does not run.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NEVER } from 'rxjs';
import { CheckpointFile, readKey } from '../../ledger/checkpoints/checkpoint-file.js';
import { receipt } from '../../ledger/checkpoints/checkpoint.js';
import { Checkpoints } from '../../ledger/checkpoints/checkpoints.js';
import { OwnCheckpoints } from '../../ledger/checkpoints/local-checkpoints.js';
import { DataDirectory } from '../../ledger/data-directory.js';
import { exportLines, streamLines } from '../../ledger/export.js';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { assertNotTruncated } from '../../ledger/sqlite/wal-integrity.js';
import { Refused } from '../_shared/errors.js';

/**
 * The whole book, or one stream with its receipt, as lines. The directory is held until they end. Rejects with
 * Refused, DataDirectoryUnusable, LedgerUnusable, Contradiction or DamagedEntry.
 */
export async function* linesOfStopped(path: string, stream?: string): AsyncGenerator<string> {
  const directory = directoryWithBook(path);
  let ledger: SqliteLedger | undefined;
  try {
    assertNotTruncated(directory.ledger);
    ledger = new SqliteLedger(directory.ledger);
    const checkpoints = checkpointsOf(directory, ledger);
    const key = checkpoints?.verifier ?? null;
    const { entry: entries } = ledger.head();
    if (stream === undefined) {
      const root = ledger.tree.root(entries).toString('base64');
      yield* exportLines(ledger, { entries, key, root });
    } else {
      const revision = ledger.revision(stream);
      const [last] = revision < 0 ? [] : ledger.stream(stream, revision, 1);
      if (!last) throw new Refused(`The book has no stream "${stream}".`);
      if (!checkpoints)
        throw new Refused(`The book has no key yet to prove a stream with: start a server on it once.`);
      const checkpoint = await checkpoints.covering(last.entry);
      const proof = ledger.tree.inclusion(last.entry - 1, checkpoint.size);
      const text = receipt(last.entry - 1, proof, checkpoint);
      yield* streamLines(ledger, { entries: revision + 1, key, stream }, text);
    }
  } finally {
    ledger?.close();
    directory.unlock();
  }
}

/** Held by the caller from then on. Throws Refused or DataDirectoryUnusable. */
export function directoryWithBook(path: string, option = '--data'): DataDirectory {
  if (!existsSync(join(path, 'ledger.db')))
    throw new Refused(
      `There is no book in ${resolve(path)}: name the data directory of a server with ${option}.`,
    );
  return DataDirectory.lock(path);
}

/** Undefined for a book of an earlier release, which was not signed yet. */
function checkpointsOf(
  { checkpointKey, checkpoint }: DataDirectory,
  ledger: SqliteLedger,
): Checkpoints | undefined {
  const file = process.env['CHECKPOINT_KEY_FILE'] || checkpointKey;
  if (!existsSync(file)) return undefined;
  const key = readKey(file);
  const source = new OwnCheckpoints(ledger, key, new CheckpointFile(checkpoint, key), (sentence) => {
    throw new Refused(sentence);
  });
  return new Checkpoints(ledger, source, NEVER);
}
