// A book, written into another ledger entry by entry, and read back there.
import { setImmediate as turn } from 'node:timers/promises';
import type { Ledger } from '../../ledger/ledger.js';
import { recordedTogether, type Together } from '../../ledger/entry-groups.js';
import { NotTakenOver, TooLarge } from '../../ledger/sequencer.js';
import { LedgerLost, NotWritten } from '../../ledger/sqlite/ledger-writer.js';
import { LedgerUnusable } from '../../ledger/sqlite/schema.js';
import { openSource, openTarget, type Target, type Work } from './copy-endpoints.js';
import type { Place } from './ledger-location.js';
import { Refused } from '../_shared/errors.js';

/** Entries that are written, or compared, in one go. */
const BATCH = 100;
/** And how much they may weigh together before they are written, in characters. */
const BATCH_TEXT_MAX = 1024 * 1024;

export type Copied = {
  readonly entries: number;
  /** Of the tree of them, in base64: read from either ledger. */
  readonly root: string;
  /** How many of the entries stood there before. */
  readonly stood: number;
};

/**
 * Resolves once the other ledger, read anew, has the same entries and the same root. What was written stays there
 * whatever ends it, and the next run goes on behind it. Rejects with Refused, DataDirectoryUnusable, LedgerUnusable,
 * DamagedEntry, or the signal's reason.
 */
export async function copied(from: Place, to: Place, work: Work): Promise<Copied> {
  const source = await openSource(from, work);
  try {
    const target = await openTarget(to, work);
    try {
      return await copiedInto(target, source.ledger, [from, to], work);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copiedInto(
  target: Target,
  source: Ledger,
  places: readonly [Place, Place],
  work: Work,
): Promise<Copied> {
  const { entry: entries } = source.head();
  const { entry: stood } = target.ledger.head();
  await assertBegins(target.ledger, source, places, work);
  const writes = async (groups: readonly Together[], done: number): Promise<void> => {
    await target.take(groups);
    work.tell(`Writing ${places[1].name}`, done, entries);
    await turn();
    work.signal.throwIfAborted();
  };
  try {
    let [batch, weight]: [Together[], number] = [[], 0];
    for (const group of recordedTogether(source, stood, entries)) {
      batch.push(group);
      for (const { data, metadata } of group) weight += data.length + metadata.length + 100;
      const last = group.at(-1)?.entry ?? entries;
      if (batch.length < BATCH && weight < BATCH_TEXT_MAX && last < entries) continue;
      await writes(batch, last);
      [batch, weight] = [[], 0];
    }
  } catch (error) {
    throw told(error);
  }
  const written = await target.reread();
  await assertBegins(written, source, places, work);
  const [root, other] = [source, written].map((each) => each.tree.root(entries).toString('base64'));
  if (written.head().entry !== entries || root === undefined || root !== other)
    throw new Refused(
      `${places[1].name} has ${written.head().entry} entries with the root ${other}, and ${places[0].name} has ${entries} with ${root}: do not use the copy.`,
    );
  return { entries, root, stood };
}

/** Rejects with Refused unless the one ledger is the other, or the beginning of it. */
async function assertBegins(
  beginning: Ledger,
  whole: Ledger,
  [from, to]: readonly [Place, Place],
  { tell, signal }: Work,
): Promise<void> {
  const [{ entry: there }, { entry: entries }] = [beginning.head(), whole.head()];
  for (let entry = 0; entry < Math.min(there, entries); entry += BATCH) {
    const count = Math.min(BATCH, there - entry, entries - entry);
    const [ours, theirs] = [whole.after(entry, count), beginning.after(entry, count)];
    const different = ours.find(({ leaf }, index) => !theirs[index]?.leaf.equals(leaf));
    if (different)
      throw new Refused(
        `Entry ${different.entry} of ${to.name} is not that of ${from.name}: there is another book, and nothing was written over it.`,
      );
    tell(`Comparing with ${to.name}`, entry + count, there);
    await turn();
    signal.throwIfAborted();
  }
  if (there > entries)
    throw new Refused(
      `Entry ${entries + 1} of ${to.name} is not in ${from.name}, which has ${entries} entries: there is another book, or something was recorded in it since.`,
    );
}

/** What keeps entries from being written, as a sentence. */
function told(error: unknown): unknown {
  const ends = [NotTakenOver, TooLarge, NotWritten, LedgerLost];
  if (ends.some((end) => error instanceof end))
    return new Refused(`The copy broke off. ${(error as Error).message}`);
  if (error instanceof LedgerUnusable)
    return new Refused(`${error.message.replace(/\.$/, '')}; the next run goes on behind what was written.`);
  return error;
}
