import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { SharedModule } from '../shared/shared.module.js';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';
import { ProjectionsController } from './projections.controller.js';

@Module({
  imports: [SharedModule],
  controllers: [HealthController, MetricsController, ProjectionsController],
  providers: [Metrics],
})
export class OperationsModule {}
