import { Module, type OnModuleDestroy } from '@nestjs/common';
import { AuditJobs } from '../../audit/audit-jobs.js';
import { SharedModule } from '../shared/shared.module.js';
import { ChangesController } from './changes.controller.js';
import { ReplaysController } from './replays.controller.js';
import { TrailController } from './trail.controller.js';

@Module({
  imports: [SharedModule],
  controllers: [ChangesController, ReplaysController, TrailController],
})
export class AuditModule implements OnModuleDestroy {
  constructor(private readonly auditJobs: AuditJobs) {}

  /** An audit takes long and can be resumed, so it ends with its event streams, before other requests are finished. */
  async onModuleDestroy(): Promise<void> {
    await this.auditJobs.close();
  }
}
