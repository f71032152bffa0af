import { createETag, sendWithETag } from '../http/conditional-response.js';
import type { Reply, Request } from '../http/request.js';
import { HTML_TYPE } from './layout.js';

/**
 * Sends a page of this release with its ETag, or 304. A cache asks again each time, because the next release may have
 * another page at the address.
 */
export async function sendPage(request: Request, reply: Reply, html: string): Promise<void> {
  void reply.headers({ 'cache-control': 'no-cache', vary: 'Accept' });
  await sendWithETag(request, reply, HTML_TYPE, html, createETag(html));
}
