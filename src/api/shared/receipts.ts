// Receipts: C2SP tlog-proof, which can be checked without this server and for as long as anybody keeps its key.
import type { Book } from '../../node/open-node.js';
import { receipt } from '../../ledger/checkpoints/checkpoint.js';

/** What a receipt's address ends in. */
export const RECEIPT = '.tlog-proof';

/** An entry of the book. */
type Proved = { readonly entry: number };

/** That the book holds this entry, resting on a checkpoint that covers it. Rejects with Unavailable. */
export async function receiptOf({ checkpoints, ledger }: Book, { entry }: Proved): Promise<string> {
  const checkpoint = await checkpoints.covering(entry);
  return receipt(entry - 1, ledger.tree.inclusion(entry - 1, checkpoint.size), checkpoint);
}

/** A `Link` to the receipt of an event. */
export const linkToReceipt = (event: string): string =>
  `</proofs/inclusion/${event}${RECEIPT}>; rel="https://c2sp.org/tlog-proof"; type="text/plain"`;
