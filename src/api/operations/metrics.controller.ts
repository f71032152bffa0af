import { Controller, Get, Res } from '@nestjs/common';
import type { Reply } from '../../http/request.js';
import { Allow } from '../shared/access.guard.js';
import { Metrics } from './metrics.js';

/** Numbers of the whole node. Who may read the book may read them: they tell less than it does. */
@Controller('metrics')
@Allow('read', { ignoresAccept: true })
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  async getMetrics(@Res({ passthrough: true }) reply: Reply): Promise<string> {
    void reply.type(this.metrics.contentType).header('cache-control', 'no-store');
    return this.metrics.render();
  }
}
