// Answers about the ledger itself, as JSON of one entry.
import { Injectable } from '@nestjs/common';
import { Book } from '../../node/open-node.js';
import { Configuration } from '../../node/configuration.js';
import type { Json } from '../../eventsourcing/message.js';
import { canonicalJson } from '../../json/canonical-json.js';
import { etagOf, JSON_TYPE, sendBody, VARY } from '../../http/etag.js';
import { linkTo } from './memento.js';
import type { Reply, Request } from '../../http/request.js';

export type About = {
  /** The entry that the answer is as of. */
  readonly entry: number;
  /** The relative address of the next page. */
  readonly next?: string | null;
  /** Whether the same address will be answered in the same way for ever. */
  readonly isForever?: boolean;
  /** How many streams it leaves out, in part or whole, counted in each read model that it is made of. */
  readonly degraded?: number;
};

@Injectable()
export class JsonAnswers {
  constructor(
    private readonly book: Book,
    private readonly configuration: Configuration,
  ) {}

  async send(
    request: Request,
    reply: Reply,
    value: Json,
    { entry, next = null, isForever = false, degraded = 0 }: About,
  ): Promise<void> {
    const body = canonicalJson(value);
    reply.headers({
      'ledger-entry': String(entry),
      'ledger-root': rootOf(this.book, entry),
      ...(isForever
        ? { 'cache-control': forever(this.configuration) }
        : { 'cache-control': degraded > 0 ? 'no-store' : 'no-cache', vary: VARY }),
      ...(degraded > 0 && { degraded: String(degraded) }),
      ...(next !== null && { link: linkTo(next, 'next') }),
    });
    await sendBody(request, reply, JSON_TYPE, body, etagOf(body));
  }
}

/** The header `Ledger-Root`: the root of the tree of so many entries, in base64. */
export const rootOf = ({ ledger }: Book, entry: number): string => ledger.tree.root(entry).toString('base64');

/** `Cache-Control` for what never changes: for everybody if everybody may read. */
export const forever = ({ publicReads }: Configuration): string =>
  `${publicReads ? 'public' : 'private'}, max-age=31536000, immutable`;
