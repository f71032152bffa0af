import { Module } from '@nestjs/common';
import { SharedModule } from '../shared/shared.module.js';
import { CheckpointController } from './checkpoint.controller.js';
import { ProofsController } from './proofs.controller.js';
import { TilesController } from './tiles.controller.js';

@Module({
  imports: [SharedModule],
  controllers: [CheckpointController, ProofsController, TilesController],
})
export class ProofsModule {}
