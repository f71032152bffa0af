// Receipts: C2SP tlog-proof, which can be checked without this server and for as long as anybody keeps its key.
import type { OpenedNode } from '../../node/open-node.js';
import { formatReceipt } from '../../ledger/checkpoints/checkpoint.js';

/** What a receipt's address ends in. */
export const RECEIPT_SUFFIX = '.tlog-proof';

/** An entry of the book. */
type ProvenEntry = { readonly entry: number };

/** That the book holds this entry, resting on a checkpoint that covers it. Rejects with Unavailable. */
export async function createReceipt(
  { checkpoints, ledger }: OpenedNode,
  { entry }: ProvenEntry,
): Promise<string> {
  const checkpoint = await checkpoints.getCovering(entry);
  return formatReceipt(entry - 1, ledger.tree.getInclusionProof(entry - 1, checkpoint.size), checkpoint);
}

/** A `Link` to the receipt of an event. */
export const formatReceiptLink = (event: string): string =>
  `</proofs/inclusion/${event}${RECEIPT_SUFFIX}>; rel="https://c2sp.org/tlog-proof"; type="text/plain"`;
