import { Controller, Get, Query, Res } from '@nestjs/common';
import type { Reply } from '../../http/request.js';
import { RETRY_SOON_SECONDS } from '../../http/timeouts.js';
import { Checkpoints } from '../../ledger/checkpoints/checkpoints.js';
import { Sequencer } from '../../ledger/sequencer.js';
import { Readiness } from '../../node/readiness.js';
import { ReadModels } from '../../read-models/read-models.js';
import { Allow } from '../shared/access.guard.js';
import { createParameterProblem } from '../shared/query-parameters.js';
import { defineQueryClass, QueryPipe } from '../shared/query.pipe.js';

/** What a proxy wants to send to this node. */
class ReadinessQuery extends defineQueryClass({
  for: (text, name): 'reads' | 'commands' => {
    if (text === undefined || text === 'reads') return 'reads';
    if (text === 'commands') return 'commands';
    throw createParameterProblem(name, `"${name}" must be reads or commands.`);
  },
}) {}

@Controller('health')
@Allow('open', { ignoresAccept: true })
export class HealthController {
  constructor(
    private readonly sequencer: Sequencer,
    private readonly readModels: ReadModels,
    private readonly checkpoints: Checkpoints,
    private readonly readiness: Readiness,
  ) {}

  /** The process answers requests. */
  @Get('live')
  getLiveness() {
    return { status: 'ok' };
  }

  /**
   * 200 if reads are served, and, with `for=commands`, commands are recorded as well; else 503. A node that is cut off is
   * ready for reads: it answers them from its copy.
   */
  @Get('ready')
  getReadiness(@Query(QueryPipe) { for: use }: ReadinessQuery, @Res({ passthrough: true }) reply: Reply) {
    const { reads, commands, reasons, entry } = this.readiness.state;
    const { connectionState, isShared } = this.sequencer;
    const { fault } = this.checkpoints;
    const isReady = reads && (use === 'reads' || commands);
    if (!isReady) void reply.code(503).header('retry-after', String(RETRY_SOON_SECONDS));
    return {
      status: isReady ? 'ok' : reasons[0],
      reads,
      commands,
      reasons,
      ...(fault !== undefined && { fault }),
      entry,
      ...(isShared && { cluster: connectionState }),
      projections: this.readModels.statuses().map(({ name, status, lag }) => ({ name, status, lag })),
    };
  }
}
