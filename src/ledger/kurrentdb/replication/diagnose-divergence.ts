// When a checkpoint was signed for other entries than this node has: which copy is the other one, from which entry on?
import { rmSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { Checkpoint } from '../../checkpoints/checkpoint.js';
import { isHeld } from '../../checkpoints/checkpoints.js';
import { DamagedEntry } from '../../entry.js';
import type { Ledger } from '../../ledger.js';
import { SqliteLedger } from '../../sqlite/sqlite-ledger.js';
import { Cluster, type ClusterSettings } from '../client/kurrentdb-connection.js';
import { copyLog, LogLost } from './copy-log.js';

export type Quarrel = {
  readonly cluster: ClusterSettings;
  /** This node's own copy. */
  readonly ledger: Ledger;
  readonly checkpoint: Checkpoint;
  /** Entries of which this node's copy is known to be what was signed. */
  readonly agreed: number;
  /** A file for what the cluster's log has; made and removed. */
  readonly scratch: string;
  readonly signal: AbortSignal;
};

/**
 * A sentence that says which copy differs, from which entry on, and what to do; undefined if none does, and this node's
 * copy only lacks what comes at the end. Waits for the cluster if it is away.
 */
export async function differenceOf(quarrel: Quarrel): Promise<string | undefined> {
  const { checkpoint, ledger, agreed, scratch } = quarrel;
  const { size } = checkpoint;
  try {
    const wrong = (fault: string): string =>
      `The cluster's log is not what the checkpoint over ${size} entries was signed for. ${fault}`;
    const fault = await reread(quarrel);
    if (fault !== undefined) return wrong(fault);
    const log = new SqliteLedger(scratch);
    try {
      const { entry: end } = log.head();
      if (end < size) return wrong(`It ends with entry ${end}: restore it from a copy.`);
      const first = await firstDifference(ledger, log, size);
      const { entry } = ledger.head();
      if (isHeld(log, checkpoint) && entry < size && first !== undefined && first > entry) return undefined;
      if (isHeld(log, checkpoint))
        return `This node's own ledger.db differs from the cluster's log ${first === undefined ? 'in the hashes of its tree' : `from entry ${first} on`}, and the log is what the checkpoint over ${size} entries was signed for: stop this node, delete ledger.db, and start again, so that it copies the log anew.`;
      if (first === undefined)
        return `The cluster's log, of which this node's ledger.db is a true copy, differs from what the checkpoint over ${size} entries was signed for, from an entry after ${agreed} on: compare with a node that holds that checkpoint, and restore the log from a copy.`;
      return `The cluster's log differs from this node's ledger.db from entry ${first} on, and both from what the checkpoint over ${size} entries was signed for: compare with a node that holds that checkpoint, and restore the log from a copy.`;
    } finally {
      log.close();
    }
  } finally {
    remove(scratch);
  }
}

/** How long nothing comes until that is taken for the end of a log that does not tell it, in milliseconds. */
const SILENCE = 10_000;

/** Takes the first entries of the cluster's log into the scratch file. Returns a sentence if they cannot be followed. */
async function reread({ cluster, checkpoint, scratch, signal }: Quarrel): Promise<string | undefined> {
  remove(scratch);
  const client = new Cluster(cluster);
  try {
    await copyLog({ cluster: client, file: scratch, entries: checkpoint.size, silence: SILENCE, signal });
    return undefined;
  } catch (error) {
    if (error instanceof LogLost) return error.message;
    throw error;
  } finally {
    void client.close();
  }
}

/** Entries that are compared in one go. */
const PAGE = 1_000;

/** The first of so many entries that is not the same; undefined if all are. */
async function firstDifference(own: Ledger, log: Ledger, size: number): Promise<number | undefined> {
  for (let from = 0; from < size; from += PAGE) {
    const count = Math.min(PAGE, size - from);
    const [ours, theirs] = [leaves(own, from, count), leaves(log, from, count)];
    for (let index = 0; index < count; index++) {
      const [one, other] = [ours[index], theirs[index]];
      if (!one || !other?.equals(one)) return from + index + 1;
    }
    await turn();
  }
  return undefined;
}

/** The leaf hashes of entries, up to the first that is damaged. */
function leaves(ledger: Ledger, from: number, count: number): readonly Buffer[] {
  try {
    return ledger.after(from, count).map(({ leaf }) => leaf);
  } catch (error) {
    if (!(error instanceof DamagedEntry)) throw error;
    return leaves(ledger, from, error.entry - from - 1);
  }
}

function remove(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
}
