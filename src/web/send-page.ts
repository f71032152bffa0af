import { createETag, JSON_TYPE, sendWithETag } from '../http/conditional-response.js';
import type { Reply, Request } from '../http/request.js';
import { HTML_TYPE } from './layout.js';

/**
 * Sends what this release has at an address, with its ETag, or 304. A cache asks again each time, because the next
 * release may have something else there.
 */
async function sendRevalidated(request: Request, reply: Reply, type: string, body: string): Promise<void> {
  void reply.headers({ 'cache-control': 'no-cache', vary: 'Accept' });
  await sendWithETag(request, reply, type, body, createETag(body));
}

export const sendRevalidatedJson = (request: Request, reply: Reply, value: object): Promise<void> =>
  sendRevalidated(request, reply, JSON_TYPE, JSON.stringify(value));

export const sendPage = (request: Request, reply: Reply, html: string): Promise<void> =>
  sendRevalidated(request, reply, HTML_TYPE, html);
