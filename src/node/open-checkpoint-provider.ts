import { existsSync } from 'node:fs';
import { CheckpointFile, createSigningKey, readSigningKey } from '../ledger/checkpoints/checkpoint-files.js';
import type { CheckpointProvider } from '../ledger/checkpoints/checkpoints.js';
import { LocalCheckpoints } from '../ledger/checkpoints/local-checkpoints.js';
import type { NoteSigningKey } from '../ledger/checkpoints/signed-note.js';
import type { DataDirectory } from '../ledger/data-directory.js';
import { ClusterCheckpoints } from '../ledger/kurrentdb/replication/cluster-checkpoints.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Sequencer } from '../ledger/sequencer.js';
import { LedgerUnusableError } from '../ledger/ledger-unusable-error.js';
import type { OpenNodeOptions } from './open-node-options.js';

/** On one machine this node signs; in a cluster the nodes with the key file do, and the others verify. */
export async function openCheckpointProvider(
  options: OpenNodeOptions,
  directory: DataDirectory,
  ledger: Ledger,
  sequencer: Sequencer,
): Promise<CheckpointProvider> {
  const { cluster, checkpointKeyFile, checkpointKey: trustedKey, onFatal, warn } = options;
  if (!cluster) {
    const key = await loadSigningKey(directory, options);
    return new LocalCheckpoints(ledger, key, new CheckpointFile(directory.checkpointFile, key), onFatal);
  }
  // No key is made here: no other node could sign with it.
  const key = checkpointKeyFile === undefined ? undefined : readSigningKey(checkpointKeyFile);
  const file = new CheckpointFile(directory.checkpointFile, key ?? trustedKey);
  const scratchFile = directory.logCopyFile;
  return ClusterCheckpoints.open({
    cluster,
    ledger,
    sequencer,
    key,
    trustedKey,
    file,
    scratchFile,
    onFatal,
    warn,
  });
}

/** The key of the configured file, else that of the data directory, which is made together with the ledger. */
async function loadSigningKey(
  { checkpointKeyFile: directoryKeyFile, checkpointFile }: DataDirectory,
  { checkpointKeyFile, checkpointName }: OpenNodeOptions,
): Promise<NoteSigningKey> {
  if (checkpointKeyFile !== undefined) return readSigningKey(checkpointKeyFile);
  if (existsSync(directoryKeyFile)) return readSigningKey(directoryKeyFile);
  if (existsSync(checkpointFile))
    throw new LedgerUnusableError(
      `${directoryKeyFile} is missing, but a checkpoint was signed with it: restore the key. If it is lost for good, move the file "checkpoint" away and start again; everyone who trusts the old key must then get the new one.`,
    );
  return createSigningKey(directoryKeyFile, checkpointName);
}
