// A book, written into another ledger entry by entry, and read back there.
import { setImmediate as turn } from 'node:timers/promises';
import type { Ledger } from '../../ledger/ledger.js';
import { readEntryGroups, type EntryGroup } from '../../ledger/entry-groups.js';
import { ImportRefusedError, AppendTooLargeError } from '../../ledger/sequencer.js';
import { LedgerLostError, NotWrittenError } from '../../ledger/sqlite/ledger-writer.js';
import { LedgerUnusableError } from '../../ledger/sqlite/schema.js';
import { openSource, openTarget, type CopyTarget, type CopyContext } from './copy-endpoints.js';
import type { LedgerLocation } from './ledger-location.js';
import { OperationFailedError } from '../_shared/errors.js';

/** Entries that are written, or compared, in one go. */
const BATCH_SIZE = 100;
/** And how much they may weigh together before they are written, in characters. */
const BATCH_TEXT_MAX = 1024 * 1024;

export type CopyResult = {
  readonly entries: number;
  /** Of the tree of them, in base64: read from either ledger. */
  readonly root: string;
  /** How many of the entries stood there before. */
  readonly existingEntries: number;
};

/**
 * Resolves once the other ledger, read anew, has the same entries and the same root. What was written stays there
 * whatever ends it, and the next run goes on behind it. Rejects with Refused, DataDirectoryUnusable, LedgerUnusable,
 * DamagedEntry, or the signal's reason.
 */
export async function copyBook(
  from: LedgerLocation,
  to: LedgerLocation,
  work: CopyContext,
): Promise<CopyResult> {
  const source = await openSource(from, work);
  try {
    const target = await openTarget(to, work);
    try {
      return await copyEntries(target, source.ledger, [from, to], work);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyEntries(
  target: CopyTarget,
  source: Ledger,
  places: readonly [LedgerLocation, LedgerLocation],
  work: CopyContext,
): Promise<CopyResult> {
  const { entry: entries } = source.getHead();
  const { entry: existingEntries } = target.ledger.getHead();
  await assertPrefix(target.ledger, source, places, work);
  const writes = async (groups: readonly EntryGroup[], done: number): Promise<void> => {
    await target.appendGroups(groups);
    work.reportProgress(`Writing ${places[1].name}`, done, entries);
    await turn();
    work.signal.throwIfAborted();
  };
  try {
    let [batch, weight]: [EntryGroup[], number] = [[], 0];
    for (const group of readEntryGroups(source, existingEntries, entries)) {
      batch.push(group);
      for (const { data, metadata } of group) weight += data.length + metadata.length + 100;
      const last = group.at(-1)?.entry ?? entries;
      if (batch.length < BATCH_SIZE && weight < BATCH_TEXT_MAX && last < entries) continue;
      await writes(batch, last);
      [batch, weight] = [[], 0];
    }
  } catch (error) {
    throw toCopyError(error);
  }
  const written = await target.reload();
  await assertPrefix(written, source, places, work);
  const [root, other] = [source, written].map((each) => each.tree.getRoot(entries).toString('base64'));
  if (written.getHead().entry !== entries || root === undefined || root !== other)
    throw new OperationFailedError(
      `${places[1].name} has ${written.getHead().entry} entries with the root ${other}, and ${places[0].name} has ${entries} with ${root}: do not use the copy.`,
    );
  return { entries, root, existingEntries };
}

/** Rejects with Refused unless the one ledger is the other, or the beginning of it. */
async function assertPrefix(
  beginning: Ledger,
  whole: Ledger,
  [from, to]: readonly [LedgerLocation, LedgerLocation],
  { reportProgress, signal }: CopyContext,
): Promise<void> {
  const [{ entry: there }, { entry: entries }] = [beginning.getHead(), whole.getHead()];
  for (let entry = 0; entry < Math.min(there, entries); entry += BATCH_SIZE) {
    const count = Math.min(BATCH_SIZE, there - entry, entries - entry);
    const [ours, theirs] = [whole.readAfter(entry, count), beginning.readAfter(entry, count)];
    const different = ours.find(({ leaf }, index) => !theirs[index]?.leaf.equals(leaf));
    if (different)
      throw new OperationFailedError(
        `Entry ${different.entry} of ${to.name} is not that of ${from.name}: there is another book, and nothing was written over it.`,
      );
    reportProgress(`Comparing with ${to.name}`, entry + count, there);
    await turn();
    signal.throwIfAborted();
  }
  if (there > entries)
    throw new OperationFailedError(
      `Entry ${entries + 1} of ${to.name} is not in ${from.name}, which has ${entries} entries: there is another book, or something was recorded in it since.`,
    );
}

/** What keeps entries from being written, as a sentence. */
function toCopyError(error: unknown): unknown {
  const ends = [ImportRefusedError, AppendTooLargeError, NotWrittenError, LedgerLostError];
  if (ends.some((end) => error instanceof end))
    return new OperationFailedError(`The copy broke off. ${(error as Error).message}`);
  if (error instanceof LedgerUnusableError)
    return new OperationFailedError(
      `${error.message.replace(/\.$/, '')}; the next run goes on behind what was written.`,
    );
  return error;
}
