// Answers about the ledger itself, as JSON of one entry.
import { Injectable } from '@nestjs/common';
import { Book } from '../book.js';
import { Configuration } from '../configuration.js';
import type { Json } from '../eventsourcing/message.js';
import { canonicalJson } from '../ledger/canonical-json.js';
import { etagOf, matches, VARY } from './conditional.js';
import { header, type Reply, type Request } from './request.js';

export type About = {
  /** The entry that the answer is as of. */
  readonly entry: number;
  /** The relative address of the next page. */
  readonly next?: string | null;
  /** Whether the same address will be answered in the same way for ever. */
  readonly isForever?: boolean;
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
    { entry, next = null, isForever = false }: About,
  ): Promise<void> {
    const body = canonicalJson(value);
    const etag = etagOf(body);
    reply.headers({
      'ledger-entry': String(entry),
      'ledger-root': rootOf(this.book, entry),
      etag,
      ...(isForever
        ? { 'cache-control': forever(this.configuration) }
        : { 'cache-control': 'no-cache', vary: VARY }),
      ...(next !== null && { link: `<${next}>; rel="next"` }),
    });
    if (matches(header(request, 'if-none-match'), etag)) await reply.code(304).send();
    else await reply.type('application/json; charset=utf-8').send(body);
  }
}

/** The header `Ledger-Root`: the root of the tree of so many entries, in base64. */
export const rootOf = ({ ledger }: Book, entry: number): string => ledger.tree.root(entry).toString('base64');

/** `Cache-Control` for what never changes: for everybody if everybody may read. */
export const forever = ({ publicReads }: Configuration): string =>
  `${publicReads ? 'public' : 'private'}, max-age=31536000, immutable`;
