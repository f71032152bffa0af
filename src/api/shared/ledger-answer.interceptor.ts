import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { concatMap, type Observable, of } from 'rxjs';
import { createETag, findNotModifiedETag, JSON_TYPE, VARY } from '../../http/conditional-response.js';
import type { Reply, Request } from '../../http/request.js';
import { EventLoopScheduler } from './event-loop-scheduler.js';
import { canonicalJson, CanonicalText } from '../../json/canonical-json.js';
import { Ledger } from '../../ledger/ledger.js';
import { Configuration } from '../../node/configuration.js';
import { LedgerAnswer } from './ledger-answer.js';
import { getImmutableCacheControl, getTreeRoot } from './ledger-headers.js';
import { formatLink } from './memento.js';

/** Sends a LedgerAnswer as canonical JSON with its headers, or 304. Any other result of a handler passes unchanged. */
@Injectable()
export class LedgerAnswerInterceptor implements NestInterceptor {
  constructor(
    private readonly ledger: Ledger,
    private readonly configuration: Configuration,
    private readonly turns: EventLoopScheduler,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    return next
      .handle()
      .pipe(
        concatMap((result: unknown) =>
          result instanceof LedgerAnswer
            ? this.turns.run(() =>
                this.#serialize(result, http.getRequest<Request>(), http.getResponse<Reply>()),
              )
            : of(result),
        ),
      );
  }

  /** Sets status and headers; returns the body, undefined for 304. */
  #serialize(answer: LedgerAnswer, request: Request, reply: Reply): string | undefined {
    const { value, entry, next, immutable, degraded } = answer;
    const body = value instanceof CanonicalText ? value.text : canonicalJson(value);
    const etag = createETag(body);
    void reply.headers({
      'ledger-entry': String(entry),
      'ledger-root': getTreeRoot(this.ledger, entry),
      ...(immutable
        ? { 'cache-control': getImmutableCacheControl(this.configuration), vary: 'Accept' }
        : { 'cache-control': degraded > 0 ? 'no-store' : 'no-cache', vary: VARY }),
      ...(degraded > 0 && { degraded: String(degraded) }),
      ...(next !== null && { link: formatLink(next, 'next') }),
    });
    const unchanged = findNotModifiedETag(request, etag);
    if (unchanged !== undefined) {
      void reply.code(304).header('etag', unchanged);
      return undefined;
    }
    void reply.header('etag', etag).type(JSON_TYPE);
    return body;
  }
}
