// When a checkpoint was signed for other entries than this node has: which copy is the other one, from which entry on?
import { rmSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { Checkpoint } from '../../checkpoints/checkpoint.js';
import { matchesCheckpoint } from '../../checkpoints/checkpoints.js';
import { DamagedEntryError } from '../../entry.js';
import type { Ledger } from '../../ledger.js';
import { SqliteLedger } from '../../sqlite/sqlite-ledger.js';
import { KurrentDbConnection, type KurrentDbSettings } from '../client/kurrentdb-connection.js';
import { DIAGNOSIS_ASSUME_CAUGHT_UP_AFTER_MS } from '../timeouts.js';
import { copyLog, LogUnreadableError } from './copy-log.js';

export type DivergenceCheck = {
  readonly cluster: KurrentDbSettings;
  /** This node's own copy. */
  readonly ledger: Ledger;
  readonly checkpoint: Checkpoint;
  /** Entries of which this node's copy is known to be what was signed. */
  readonly verifiedSize: number;
  /** A file for what the cluster's log has; made and removed. */
  readonly scratchFile: string;
  readonly signal: AbortSignal;
};

/**
 * A sentence that says which copy differs, from which entry on, and what to do; undefined if none does, and this node's
 * copy only lacks what comes at the end. Waits for the cluster if it is away.
 */
export async function diagnoseDivergence(quarrel: DivergenceCheck): Promise<string | undefined> {
  const { checkpoint, ledger, verifiedSize, scratchFile } = quarrel;
  const { size } = checkpoint;
  try {
    const wrong = (fault: string): string =>
      `The cluster's log is not what the checkpoint over ${size} entries was signed for. ${fault}`;
    const fault = await copyLogToScratchFile(quarrel);
    if (fault !== undefined) return wrong(fault);
    const log = new SqliteLedger(scratchFile);
    try {
      const { entry: end } = log.getHead();
      if (end < size) return wrong(`It ends with entry ${end}: restore it from a copy.`);
      const first = await findFirstDifference(ledger, log, size);
      const { entry } = ledger.getHead();
      if (matchesCheckpoint(log, checkpoint) && entry < size && first !== undefined && first > entry)
        return undefined;
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

/** Takes the first entries of the cluster's log into the scratch file. Returns a sentence if they cannot be followed. */
async function copyLogToScratchFile({
  cluster,
  checkpoint,
  scratchFile,
  signal,
}: DivergenceCheck): Promise<string | undefined> {
  removeDatabaseFiles(scratchFile);
  const client = new KurrentDbConnection(cluster);
  try {
    await copyLog({
      connection: client,
      file: scratchFile,
      maxEntries: checkpoint.size,
      assumeCaughtUpAfterMs: DIAGNOSIS_ASSUME_CAUGHT_UP_AFTER_MS,
      signal,
    });
    return undefined;
  } catch (error) {
    if (error instanceof LogUnreadableError) return error.message;
    throw error;
  } finally {
    void client.close();
  }
}

/** Entries that are compared in one go. */
const PAGE_SIZE = 1_000;

/** The first of so many entries that is not the same; undefined if all are. */
async function findFirstDifference(own: Ledger, log: Ledger, size: number): Promise<number | undefined> {
  for (let from = 0; from < size; from += PAGE_SIZE) {
    const count = Math.min(PAGE_SIZE, size - from);
    const [ours, theirs] = [readLeafHashes(own, from, count), readLeafHashes(log, from, count)];
    for (let index = 0; index < count; index++) {
      const [one, other] = [ours[index], theirs[index]];
      if (!one || !other?.equals(one)) return from + index + 1;
    }
    await turn();
  }
  return undefined;
}

/** The leaf hashes of entries, up to the first that is damaged. */
function readLeafHashes(ledger: Ledger, from: number, count: number): readonly Buffer[] {
  try {
    return ledger.readAfter(from, count).map(({ leaf }) => leaf);
  } catch (error) {
    if (!(error instanceof DamagedEntryError)) throw error;
    return readLeafHashes(ledger, from, error.entry - from - 1);
  }
}

function removeDatabaseFiles(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
}
