import type { Json } from '../../eventsourcing/message.js';
import { canonicalJson } from '../../ledger/canonical-json.js';
import { etagOf, JSON_TYPE, sendBody, VARY } from '../conditional.js';
import { linkTo } from '../memento.js';
import type { Reply, Request } from '../request.js';

export type AuditPage = {
  readonly items: readonly Json[];
  readonly next: string | null;
  /** What it is as of. */
  readonly entry: number;
};

/** `degraded`: how many streams are left out of it, in part or whole, counted in each read model. */
export async function sendPage(
  request: Request,
  reply: Reply,
  { items, next, entry }: AuditPage,
  degraded: number,
): Promise<void> {
  const body = canonicalJson({ items, next, entry });
  reply.headers({
    'ledger-entry': String(entry),
    'cache-control': degraded > 0 ? 'no-store' : 'no-cache',
    vary: VARY,
    ...(degraded > 0 && { degraded: String(degraded) }),
    ...(next !== null && { link: linkTo(next, 'next') }),
  });
  await sendBody(request, reply, JSON_TYPE, body, etagOf(body));
}
