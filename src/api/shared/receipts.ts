// Receipts (C2SP tlog-proof): verifiable without this server, for as long as the checkpoint key is trusted.
import { formatPublicPath } from '../../http/public-address.js';
import type { Request } from '../../http/request.js';
import { formatReceipt } from '../../ledger/checkpoints/checkpoint.js';
import type { Checkpoints } from '../../ledger/checkpoints/checkpoints.js';
import type { Ledger } from '../../ledger/ledger.js';

/** Proves that the ledger holds this entry, under a checkpoint that covers it. Rejects with UnavailableError. */
export async function createReceipt(
  ledger: Ledger,
  checkpoints: Checkpoints,
  { entry }: { readonly entry: number },
): Promise<string> {
  const checkpoint = await checkpoints.getCovering(entry);
  return formatReceipt(entry - 1, ledger.tree.getInclusionProof(entry - 1, checkpoint.size), checkpoint);
}

/** A `Link` to the receipt of an event. */
export const formatReceiptLink = (request: Request, event: string): string =>
  `<${formatPublicPath(request, `/proofs/inclusion/${event}.tlog-proof`)}>; rel="https://c2sp.org/tlog-proof"; type="text/plain"`;
