// A checkpoint was signed for other entries than this node has: finds out which copy differs, and from which entry on.
import { rmSync } from 'node:fs';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Checkpoint } from '../../checkpoints/checkpoint.js';
import { matchesCheckpoint } from '../../checkpoints/checkpoints.js';
import { DamagedEntryError } from '../../entry.js';
import type { Ledger } from '../../ledger.js';
import { SqliteLedger } from '../../sqlite/sqlite-ledger.js';
import type { KurrentDbSettings } from '../client/connection-string.js';
import { KurrentDbConnection } from '../client/kurrentdb-connection.js';
import { DIAGNOSIS_ASSUME_CAUGHT_UP_AFTER_MS } from '../timeouts.js';
import { copyLogToFile, ReplicationFailedError } from './copy-log-to-file.js';

type DivergenceCheck = {
  readonly cluster: KurrentDbSettings;
  /** This node's own copy. */
  readonly ledger: Ledger;
  readonly checkpoint: Checkpoint;
  /** So many entries of this node's copy are known to be those that were signed. */
  readonly verifiedSize: number;
  /** A file for a copy of the cluster's log; created and removed. */
  readonly scratchFile: string;
  readonly signal: AbortSignal;
};

/**
 * A message that says which copy differs, from which entry on, and what to do; undefined if none differs and this node's
 * copy only lacks the last entries. Waits for the cluster if it cannot be reached.
 */
export async function diagnoseDivergence(check: DivergenceCheck): Promise<string | undefined> {
  const { checkpoint, ledger, verifiedSize, scratchFile } = check;
  const { size } = checkpoint;
  try {
    const describeLogFault = (fault: string): string =>
      `The cluster's log is not what the checkpoint over ${size} entries was signed for. ${fault}`;
    const fault = await copyLogToScratchFile(check);
    if (fault !== undefined) return describeLogFault(fault);
    const log = new SqliteLedger(scratchFile);
    try {
      const { entry: end } = log.getHead();
      if (end < size) return describeLogFault(`It ends with entry ${end}: restore it from a copy.`);
      // The node goes on replicating meanwhile, so only what it had by now is compared.
      const { entry } = ledger.getHead();
      const first = await findFirstDifference(ledger, log, size);
      const isBeginning = first === undefined || first > entry;
      const lagged = ledger.getHead().entry < size || matchesCheckpoint(ledger, checkpoint);
      if (matchesCheckpoint(log, checkpoint) && isBeginning && lagged) return undefined;
      if (matchesCheckpoint(log, checkpoint))
        return `This node's own ledger.db differs from the cluster's log ${first === undefined ? 'in the hashes of its tree' : `from entry ${first} on`}, and the log is what the checkpoint over ${size} entries was signed for: stop this node, delete ledger.db, and start again, so that it copies the log anew.`;
      if (first === undefined)
        return `The cluster's log, of which this node's ledger.db is a true copy, differs from what the checkpoint over ${size} entries was signed for, from an entry after ${verifiedSize} on: compare with a node that holds that checkpoint, and restore the log from a copy.`;
      return `The cluster's log differs from this node's ledger.db from entry ${first} on, and both from what the checkpoint over ${size} entries was signed for: compare with a node that holds that checkpoint, and restore the log from a copy.`;
    } finally {
      log.close();
    }
  } finally {
    removeDatabaseFiles(scratchFile);
  }
}

/** Copies the entries that the checkpoint covers from the cluster's log. Returns a message if the log is broken. */
async function copyLogToScratchFile({
  cluster,
  checkpoint,
  scratchFile,
  signal,
}: DivergenceCheck): Promise<string | undefined> {
  removeDatabaseFiles(scratchFile);
  const connection = new KurrentDbConnection(cluster);
  try {
    await copyLogToFile({
      connection,
      file: scratchFile,
      maxEntries: checkpoint.size,
      assumeCaughtUpAfterMs: DIAGNOSIS_ASSUME_CAUGHT_UP_AFTER_MS,
      signal,
    });
    return undefined;
  } catch (error) {
    if (error instanceof ReplicationFailedError) return error.message;
    throw error;
  } finally {
    connection.close();
  }
}

/** Entries that are compared before other work gets its turn. */
const PAGE_SIZE = 1_000;

/** The first of so many entries that differs; undefined if none does. */
async function findFirstDifference(own: Ledger, log: Ledger, size: number): Promise<number | undefined> {
  for (let from = 0; from < size; from += PAGE_SIZE) {
    const count = Math.min(PAGE_SIZE, size - from);
    const [ownLeaves, logLeaves] = [readLeafHashes(own, from, count), readLeafHashes(log, from, count)];
    for (let index = 0; index < count; index++) {
      const [one, other] = [ownLeaves[index], logLeaves[index]];
      if (!one || !other?.equals(one)) return from + index + 1;
    }
    await yieldToEventLoop();
  }
  return undefined;
}

/** The leaf hashes of entries, up to the first damaged one. */
function readLeafHashes(ledger: Ledger, from: number, count: number): readonly Buffer[] {
  try {
    return ledger.readAfter(from, count).map(({ leaf }) => leaf);
  } catch (error) {
    if (!(error instanceof DamagedEntryError)) throw error;
    return readLeafHashes(ledger, from, error.entry - from - 1);
  }
}

function removeDatabaseFiles(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
}
