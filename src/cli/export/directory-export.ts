// The export of the data directory of a stopped server.
import { existsSync } from 'node:fs';
import { NEVER } from 'rxjs';
import { CheckpointFile, readSigningKey } from '../../ledger/checkpoints/checkpoint-files.js';
import { formatReceipt } from '../../ledger/checkpoints/checkpoint.js';
import { Checkpoints } from '../../ledger/checkpoints/checkpoints.js';
import { LocalCheckpoints } from '../../ledger/checkpoints/local-checkpoints.js';
import type { DataDirectory } from '../../ledger/data-directory.js';
import { generateExportLines, generateStreamLines } from '../../ledger/export.js';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { assertDatabaseNotTruncated } from '../../ledger/sqlite/database-truncation.js';
import { OperationFailedError } from '../_shared/errors.js';
import { lockForReading } from '../_shared/lock-data-directory.js';

/**
 * The whole ledger, or one stream with its receipt, as lines. The directory is locked until they end. Rejects with
 * OperationFailedError, DataDirectoryError, LedgerUnusableError, CheckpointConflictError or DamagedEntryError.
 */
export async function* generateDirectoryExport(path: string, stream?: string): AsyncGenerator<string> {
  const { directory, release } = lockForReading(path);
  let ledger: SqliteLedger | undefined;
  try {
    assertDatabaseNotTruncated(directory.ledgerFile);
    ledger = new SqliteLedger(directory.ledgerFile);
    const checkpoints = openCheckpoints(directory, ledger);
    const key = checkpoints?.verifierKey ?? null;
    const { entry: entries } = ledger.getHead();
    if (stream === undefined) {
      const root = ledger.tree.getRoot(entries).toString('base64');
      yield* generateExportLines(ledger, { entries, key, root });
    } else {
      const revision = ledger.getStreamRevision(stream);
      const [last] = revision < 0 ? [] : ledger.readStream(stream, revision, 1);
      if (!last) throw new OperationFailedError(`The book has no stream "${stream}".`);
      if (!checkpoints)
        throw new OperationFailedError(
          `The book has no signing key yet to prove a stream with: start a server on it once.`,
        );
      const checkpoint = await checkpoints.getCovering(last.entry);
      const proof = ledger.tree.getInclusionProof(last.entry - 1, checkpoint.size);
      const text = formatReceipt(last.entry - 1, proof, checkpoint);
      yield* generateStreamLines(ledger, { entries: revision + 1, key, stream }, text);
    }
  } finally {
    ledger?.close();
    release();
  }
}

/** Undefined for a ledger of an earlier release, which has no signing key yet. */
function openCheckpoints(
  { checkpointKeyFile, checkpointFile }: DataDirectory,
  ledger: SqliteLedger,
): Checkpoints | undefined {
  const file = process.env['CHECKPOINT_KEY_FILE'] || checkpointKeyFile;
  if (!existsSync(file)) return undefined;
  const key = readSigningKey(file);
  const source = new LocalCheckpoints(ledger, key, new CheckpointFile(checkpointFile, key), (sentence) => {
    throw new OperationFailedError(sentence);
  });
  return new Checkpoints(ledger, source, NEVER);
}
