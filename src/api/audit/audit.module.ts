import { Module } from '@nestjs/common';
import { SharedModule } from '../shared/shared.module.js';
import { ChangesController } from './changes.controller.js';
import { ReplaysController } from './replays.controller.js';
import { TrailController } from './trail.controller.js';

@Module({
  imports: [SharedModule],
  controllers: [ChangesController, ReplaysController, TrailController],
})
export class AuditModule {}
