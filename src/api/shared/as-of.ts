// Which state of the book a question is about, and waiting for it.
import { EMPTY, filter, firstValueFrom, timeout } from 'rxjs';
import type { OpenedNode } from '../../node/open-node.js';
import type { Ledger } from '../../ledger/ledger.js';
import { ProblemError } from '../../problems/problem-error.js';
import { type AsOf, parseInteger } from './read-query.js';
import { getHeader, type Request } from '../../http/request.js';

/** How long a GET waits for an entry that it asked for, in milliseconds. */
const ENTRY_TIMEOUT_MS = 5_000;

/** The entry that an `asOf`, or what is written like one, means; undefined if nothing was said. */
export const resolveAsOf = (ledger: Ledger, asOf: AsOf): number | undefined =>
  asOf && ('entry' in asOf ? asOf.entry : ledger.findEntryByTime(asOf.instant));

/** The header Ledger-Entry: no answer may be from a state before it. */
export const getMinimumEntry = (request: Request): number =>
  parseInteger('Ledger-Entry', getHeader(request, 'ledger-entry'), 0, 0, Number.MAX_SAFE_INTEGER);

/**
 * Resolves when the ledger of this node has the entry. Rejects with ProblemError if the book does not have it, or, in a
 * cluster, if it does not come in time: it may be recorded all the same, and on its way to this node. `parameter` is
 * what named it.
 */
export async function waitForRecordedEntry(
  book: OpenedNode,
  entry: number,
  parameter = 'asOf',
): Promise<void> {
  const head = book.ledger.getHead().entry;
  if (entry <= head) return;
  if (!book.sequencer.isShared)
    throw new ProblemError('not-yet', `The book has ${head} entries, ${parameter} asks for entry ${entry}.`);
  await waitForLedger(book, entry);
}

/** Resolves when the ledger of this node has the entry. Rejects with ProblemError if it does not get it in time. */
export async function waitForLedger({ ledger, sequencer }: OpenedNode, entry: number): Promise<void> {
  if (ledger.getHead().entry >= entry) return;
  const there = sequencer.heads.pipe(
    filter((head) => head >= entry),
    timeout({ first: ENTRY_TIMEOUT_MS, with: () => EMPTY }),
  );
  await firstValueFrom(there, { defaultValue: 0 });
  if (ledger.getHead().entry < entry)
    throw createNotCaughtUpProblem('The ledger', ledger.getHead().entry, entry);
}

const createNotCaughtUpProblem = (who: string, has: number, asked: number): ProblemError =>
  new ProblemError('not-caught-up', `${who} has entry ${has}, entry ${asked} was asked for.`, {}, 1);

/** Resolves when these read models have the entry. Rejects with ProblemError or NotReadable if they do not get it. */
export async function waitForReadModels(
  { readModels }: OpenedNode,
  names: readonly string[],
  entry: number,
): Promise<void> {
  const behind = () => names.filter((name) => readModels.position(name) < entry);
  if (behind().length === 0) return;
  await readModels.waitForEntry(entry, { timeoutMs: ENTRY_TIMEOUT_MS, names: behind() });
  const [late] = behind();
  if (late !== undefined) throw createNotCaughtUpProblem(`"${late}"`, readModels.position(late), entry);
}
