// A GET may ask not to be answered from before an entry; in a cluster it may be one that this node does not have yet.
import { EMPTY, filter, firstValueFrom, timeout } from 'rxjs';
import type { Book } from '../book.js';
import { HttpProblem, retryAfter } from './problems.js';
import { integerOf } from './question.js';
import { header, type Request } from './request.js';

/** How long a GET waits for an entry that it asked for, in milliseconds. */
export const WAIT_FOR_ENTRY = 5_000;

/** The entry in the header `Ledger-Entry`, 0 if there is none. Throws HttpProblem. */
export const leastEntry = (request: Request): number =>
  integerOf('Ledger-Entry', header(request, 'ledger-entry'), 0, 0, Number.MAX_SAFE_INTEGER);

/** Resolves when the ledger here has the entry. Rejects with HttpProblem if it does not get it in time. */
export async function ledgerReached({ ledger, sequencer }: Book, entry: number): Promise<void> {
  if (ledger.head().entry >= entry) return;
  const there = sequencer.heads.pipe(
    filter((head) => head >= entry),
    timeout({ first: WAIT_FOR_ENTRY, with: () => EMPTY }),
  );
  await firstValueFrom(there, { defaultValue: 0 });
  const head = ledger.head().entry;
  if (head < entry)
    throw new HttpProblem(
      'not-caught-up',
      `The ledger here has entry ${head}, entry ${entry} was asked for.`,
      {},
      retryAfter(1),
    );
}
