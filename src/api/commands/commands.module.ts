import { Module } from '@nestjs/common';
import { SharedModule } from '../shared/shared.module.js';
import { CommandDryRuns } from './command-dry-runs.js';
import { CommandsController } from './commands.controller.js';
import { NdjsonCommands } from './ndjson-commands.js';

@Module({
  imports: [SharedModule],
  controllers: [CommandsController],
  providers: [CommandDryRuns, NdjsonCommands],
})
export class CommandsModule {}
