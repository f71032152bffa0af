import { Controller, Get, Res } from '@nestjs/common';
import type { Reply } from '../../http/request.js';
import { Checkpoints } from '../../ledger/checkpoints/checkpoints.js';
import { Ledger } from '../../ledger/ledger.js';
import { Sequencer } from '../../ledger/sequencer.js';
import { ReadModels } from '../../read-models/read-models.js';
import { Allow } from '../shared/access.guard.js';

@Controller('health')
@Allow('open')
export class HealthController {
  constructor(
    private readonly ledger: Ledger,
    private readonly sequencer: Sequencer,
    private readonly readModels: ReadModels,
    private readonly checkpoints: Checkpoints,
  ) {}

  /** The process answers requests. */
  @Get('live')
  getLiveness() {
    return { status: 'ok' };
  }

  /**
   * Every read model can be read, and this node has what was recorded before it was opened. A node that is cut off is
   * ready: it still answers reads.
   */
  @Get('ready')
  getReadiness(@Res({ passthrough: true }) reply: Reply) {
    const projections = this.readModels.statuses().map(({ name, status, lag }) => ({ name, status, lag }));
    const { connectionState, isShared } = this.sequencer;
    const isBuilt = projections.every(({ status }) => status === 'live');
    const { fault } = this.checkpoints;
    const isReady = isBuilt && connectionState !== 'catching-up' && fault === undefined;
    if (!isReady) void reply.code(503).header('retry-after', '1');
    return {
      status: fault !== undefined ? 'diverged' : isReady ? 'ok' : isBuilt ? connectionState : 'building',
      ...(fault !== undefined && { fault }),
      entry: this.ledger.getHead().entry,
      ...(isShared && { cluster: connectionState }),
      projections,
    };
  }
}
