// Copies a ledger into another one entry by entry, and verifies the copy by reading it again.
import { setImmediate as turn } from 'node:timers/promises';
import type { Ledger } from '../../ledger/ledger.js';
import { CompactRange } from '../../ledger/merkle/compact-range.js';
import { readEntryGroups, type EntryGroup } from '../../ledger/entry-groups.js';
import { ImportRefusedError, AppendTooLargeError } from '../../ledger/sequencer.js';
import { LedgerStateUnknownError, NotWrittenError } from '../../ledger/sqlite/write-errors.js';
import { LedgerUnusableError } from '../../ledger/ledger-unusable-error.js';
import {
  openCopySource,
  openCopyTarget,
  type CopyTarget,
  type CopyContext,
} from './copy-source-and-target.js';
import type { LedgerLocation } from './ledger-location.js';
import { OperationFailedError } from '../_shared/errors.js';

/** The largest number of groups that are written, or entries that are compared, together. */
const BATCH_SIZE = 100;
/** A batch is written once its entries have this many characters. */
const BATCH_TEXT_MAX = 1024 * 1024;

export type CopyResult = {
  readonly entries: number;
  /** The root of the tree in both ledgers, in base64. */
  readonly root: string;
  /** The number of entries that the target had before. */
  readonly existingEntries: number;
};

/**
 * Resolves once the target, read again, has the same entries and the same root. Entries that were written stay there,
 * however the copy ends, and the next run continues after them. Rejects with OperationFailedError, DataDirectoryError, LedgerUnusableError,
 * DamagedEntryError, or the signal's reason.
 */
export async function copyBook(
  from: LedgerLocation,
  to: LedgerLocation,
  context: CopyContext,
): Promise<CopyResult> {
  const source = await openCopySource(from, context);
  try {
    const target = await openCopyTarget(to, context);
    try {
      return await copyEntries(target, source.ledger, [from, to], context);
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
  locations: readonly [LedgerLocation, LedgerLocation],
  context: CopyContext,
): Promise<CopyResult> {
  const { entry: entries } = source.getHead();
  const { entry: existingEntries } = target.ledger.getHead();
  await assertPrefix(target.ledger, source, locations, context);
  const writeBatch = async (groups: readonly EntryGroup[], done: number): Promise<void> => {
    await target.appendGroups(groups);
    context.reportProgress(`Writing ${locations[1].name}`, done, entries);
    await turn();
    context.signal.throwIfAborted();
  };
  try {
    let [batch, textLength]: [EntryGroup[], number] = [[], 0];
    for (const group of readEntryGroups(source, existingEntries, entries)) {
      batch.push(group);
      for (const { data, metadata } of group) textLength += data.length + metadata.length + 100;
      const last = group.at(-1)?.entry ?? entries;
      if (batch.length < BATCH_SIZE && textLength < BATCH_TEXT_MAX && last < entries) continue;
      await writeBatch(batch, last);
      [batch, textLength] = [[], 0];
    }
  } catch (error) {
    throw toCopyError(error);
  }
  const written = await target.reload();
  // From the entries and not from stored tiles, so that a copy heals a source whose tiles are damaged.
  const root = await assertPrefix(written, source, locations, context);
  const other = written.tree.getRoot(Math.min(entries, written.getHead().entry)).toString('base64');
  if (written.getHead().entry !== entries || root !== other)
    throw new OperationFailedError(
      `${locations[1].name} has ${written.getHead().entry} entries with the root ${other}, and ${locations[0].name} has ${entries} with ${root}: do not use the copy.`,
    );
  return { entries, root, existingEntries };
}

/**
 * Resolves to the root (base64) of the entries that both have. Rejects with OperationFailedError unless the first ledger
 * is a prefix of the second, or equal to it.
 */
async function assertPrefix(
  beginning: Ledger,
  whole: Ledger,
  [from, to]: readonly [LedgerLocation, LedgerLocation],
  { reportProgress, signal }: CopyContext,
): Promise<string> {
  const range = new CompactRange();
  const [{ entry: existing }, { entry: entries }] = [beginning.getHead(), whole.getHead()];
  for (let entry = 0; entry < Math.min(existing, entries); entry += BATCH_SIZE) {
    const count = Math.min(BATCH_SIZE, existing - entry, entries - entry);
    const [ours, theirs] = [whole.readAfter(entry, count), beginning.readAfter(entry, count)];
    const different = ours.find(({ leaf }, index) => !theirs[index]?.leaf.equals(leaf));
    if (different)
      throw new OperationFailedError(
        `Entry ${different.entry} of ${to.name} is not that of ${from.name}: the target has another book, and nothing was overwritten.`,
      );
    for (const { leaf } of ours) range.push(leaf);
    reportProgress(`Comparing with ${to.name}`, entry + count, existing);
    await turn();
    signal.throwIfAborted();
  }
  if (existing > entries)
    throw new OperationFailedError(
      `Entry ${entries + 1} of ${to.name} is not in ${from.name}, which has ${entries} entries: the target has another book, or entries were recorded in it since.`,
    );
  return range.root.toString('base64');
}

/** A failed write as a sentence; any other error as it is. */
function toCopyError(error: unknown): unknown {
  const expected = [ImportRefusedError, AppendTooLargeError, NotWrittenError, LedgerStateUnknownError];
  if (expected.some((each) => error instanceof each))
    return new OperationFailedError(`The copy was interrupted. ${(error as Error).message}`);
  if (error instanceof LedgerUnusableError)
    return new OperationFailedError(
      `${error.message.replace(/\.$/, '')}; the next run continues after the entries that were written.`,
    );
  return error;
}
