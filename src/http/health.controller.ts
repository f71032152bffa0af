import { Controller, Get, Res } from '@nestjs/common';
import { Book } from '../book.js';
import { Allow } from './access.js';
import { retryAfter } from './problems.js';
import type { Reply } from './request.js';

@Controller('health')
@Allow('open')
export class HealthController {
  constructor(private readonly book: Book) {}

  /** The process answers. */
  @Get('live')
  live() {
    return { status: 'ok' };
  }

  /** Every read model can be read. */
  @Get('ready')
  async ready(@Res() reply: Reply): Promise<void> {
    const projections = this.book.readModels
      .statuses()
      .map(({ name, status, lag }) => ({ name, status, lag }));
    const isReady = projections.every(({ status }) => status === 'live');
    await reply
      .code(isReady ? 200 : 503)
      .headers(isReady ? {} : retryAfter(1))
      .type('application/json; charset=utf-8')
      .send(
        JSON.stringify({
          status: isReady ? 'ok' : 'building',
          entry: this.book.ledger.head().entry,
          projections,
        }),
      );
  }
}
