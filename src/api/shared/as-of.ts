// Which state of the book a question is about, and waiting for it.
import { EMPTY, filter, firstValueFrom, timeout } from 'rxjs';
import type { Book } from '../../node/open-node.js';
import type { Ledger } from '../../ledger/ledger.js';
import { HttpProblem, retryAfter } from '../../problems/problems.js';
import { type AsOf, integerOf } from './read-query.js';
import { header, type Request } from '../../http/request.js';

/** How long a GET waits for an entry that it asked for, in milliseconds. */
const WAIT_FOR_ENTRY = 5_000;

/** The entry that an `asOf`, or what is written like one, means; undefined if nothing was said. */
export const entryOf = (ledger: Ledger, asOf: AsOf): number | undefined =>
  asOf && ('entry' in asOf ? asOf.entry : ledger.entryAt(asOf.instant));

/** The header Ledger-Entry: no answer may be from a state before it. */
export const leastEntryOf = (request: Request): number =>
  integerOf('Ledger-Entry', header(request, 'ledger-entry'), 0, 0, Number.MAX_SAFE_INTEGER);

/**
 * Resolves when the ledger of this node has the entry. Rejects with HttpProblem if the book does not have it, or, in a
 * cluster, if it does not come in time: it may be recorded all the same, and on its way to this node. `parameter` is
 * what named it.
 */
export async function awaitRecorded(book: Book, entry: number, parameter = 'asOf'): Promise<void> {
  const head = book.ledger.head().entry;
  if (entry <= head) return;
  if (!book.sequencer.isShared)
    throw new HttpProblem('not-yet', `The book has ${head} entries, ${parameter} asks for entry ${entry}.`);
  await awaitLedger(book, entry);
}

/** Resolves when the ledger of this node has the entry. Rejects with HttpProblem if it does not get it in time. */
export async function awaitLedger({ ledger, sequencer }: Book, entry: number): Promise<void> {
  if (ledger.head().entry >= entry) return;
  const there = sequencer.heads.pipe(
    filter((head) => head >= entry),
    timeout({ first: WAIT_FOR_ENTRY, with: () => EMPTY }),
  );
  await firstValueFrom(there, { defaultValue: 0 });
  if (ledger.head().entry < entry) throw notCaughtUp('The ledger', ledger.head().entry, entry);
}

const notCaughtUp = (who: string, has: number, asked: number): HttpProblem =>
  new HttpProblem(
    'not-caught-up',
    `${who} has entry ${has}, entry ${asked} was asked for.`,
    {},
    retryAfter(1),
  );

/** Resolves when these read models have the entry. Rejects with HttpProblem or NotReadable if they do not get it. */
export async function awaitEntry(
  { readModels }: Book,
  names: readonly string[],
  entry: number,
): Promise<void> {
  const behind = () => names.filter((name) => readModels.checkpoint(name) < entry);
  if (behind().length === 0) return;
  await readModels.reached(entry, { timeoutMs: WAIT_FOR_ENTRY, names: behind() });
  const [late] = behind();
  if (late !== undefined) throw notCaughtUp(`"${late}"`, readModels.checkpoint(late), entry);
}
