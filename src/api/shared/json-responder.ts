// Answers about the ledger itself, as JSON of one entry.
import { Injectable } from '@nestjs/common';
import { OpenedNode } from '../../node/open-node.js';
import { Configuration } from '../../node/configuration.js';
import type { Json } from '../../json/json.js';
import { canonicalJson } from '../../json/canonical-json.js';
import { createETag, JSON_TYPE, sendBody, VARY } from '../../http/etag.js';
import { formatLink } from './memento.js';
import type { Reply, Request } from '../../http/request.js';

export type JsonResponseOptions = {
  /** The entry that the answer is as of. */
  readonly entry: number;
  /** The relative address of the next page. */
  readonly next?: string | null;
  /** Whether the same address will be answered in the same way for ever. */
  readonly isImmutable?: boolean;
  /** How many streams it leaves out, in part or whole, counted in each read model that it is made of. */
  readonly degraded?: number;
};

@Injectable()
export class JsonResponder {
  constructor(
    private readonly book: OpenedNode,
    private readonly configuration: Configuration,
  ) {}

  async send(
    request: Request,
    reply: Reply,
    value: Json,
    { entry, next = null, isImmutable: isForever = false, degraded = 0 }: JsonResponseOptions,
  ): Promise<void> {
    const body = canonicalJson(value);
    reply.headers({
      'ledger-entry': String(entry),
      'ledger-root': getTreeRoot(this.book, entry),
      ...(isForever
        ? { 'cache-control': getImmutableCacheControl(this.configuration) }
        : { 'cache-control': degraded > 0 ? 'no-store' : 'no-cache', vary: VARY }),
      ...(degraded > 0 && { degraded: String(degraded) }),
      ...(next !== null && { link: formatLink(next, 'next') }),
    });
    await sendBody(request, reply, JSON_TYPE, body, createETag(body));
  }
}

/** The header `Ledger-Root`: the root of the tree of so many entries, in base64. */
export const getTreeRoot = ({ ledger }: OpenedNode, entry: number): string =>
  ledger.tree.getRoot(entry).toString('base64');

/** `Cache-Control` for what never changes: for everybody if everybody may read. */
export const getImmutableCacheControl = ({ publicReads }: Configuration): string =>
  `${publicReads ? 'public' : 'private'}, max-age=31536000, immutable`;
