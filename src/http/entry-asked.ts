// Which state of the book a question is about, and waiting for it.
import type { Book } from '../book.js';
import type { Ledger } from '../ledger/ledger.js';
import { HttpProblem, retryAfter } from './problems.js';
import { type AsOf, integerOf } from './question.js';
import { header, type Request } from './request.js';

/** How long a GET waits for an entry that it asked for, in milliseconds. */
const WAIT_FOR_ENTRY = 5_000;

/** The entry that an `asOf`, or what is written like one, means; undefined if nothing was said. */
export const entryOf = (ledger: Ledger, asOf: AsOf): number | undefined =>
  asOf && ('entry' in asOf ? asOf.entry : ledger.entryAt(asOf.instant));

/** The header Ledger-Entry: no answer may be from a state before it. */
export const leastEntryOf = (request: Request): number =>
  integerOf('Ledger-Entry', header(request, 'ledger-entry'), 0, 0, Number.MAX_SAFE_INTEGER);

/** Throws HttpProblem if the book does not have this entry. `parameter` is what named it. */
export function assertRecorded(ledger: Ledger, entry: number, parameter = 'asOf'): void {
  const head = ledger.head().entry;
  if (entry > head)
    throw new HttpProblem('not-yet', `The book has ${head} entries, ${parameter} asks for entry ${entry}.`);
}

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
  if (late !== undefined)
    throw new HttpProblem(
      'not-caught-up',
      `"${late}" has entry ${readModels.checkpoint(late)}, entry ${entry} was asked for.`,
      {},
      retryAfter(1),
    );
}
