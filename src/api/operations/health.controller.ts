import { Controller, Get, Res } from '@nestjs/common';
import { OpenedNode } from '../../node/open-node.js';
import { Allow } from '../shared/access.guard.js';

import type { Reply } from '../../http/request.js';

@Controller('health')
@Allow('open')
export class HealthController {
  constructor(private readonly book: OpenedNode) {}

  /** The process answers. */
  @Get('live')
  getLiveness() {
    return { status: 'ok' };
  }

  /** Every read model can be read, and what others recorded before is here. A node that is cut off can be read, too. */
  @Get('ready')
  async getReadiness(@Res() reply: Reply): Promise<void> {
    const projections = this.book.readModels
      .statuses()
      .map(({ name, status, lag }) => ({ name, status, lag }));
    const { connectionState, isShared } = this.book.sequencer;
    const isBuilt = projections.every(({ status }) => status === 'live');
    const { fault } = this.book.checkpoints;
    const isReady = isBuilt && connectionState !== 'catching-up' && fault === undefined;
    await reply
      .code(isReady ? 200 : 503)
      .headers(isReady ? {} : { 'retry-after': '1' })
      .type('application/json; charset=utf-8')
      .send(
        JSON.stringify({
          status: fault !== undefined ? 'diverged' : isReady ? 'ok' : isBuilt ? connectionState : 'building',
          ...(fault !== undefined && { fault }),
          entry: this.book.ledger.getHead().entry,
          ...(isShared && { cluster: connectionState }),
          projections,
        }),
      );
  }
}
