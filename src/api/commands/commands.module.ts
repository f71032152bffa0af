import { Module } from '@nestjs/common';
import { CommandsController } from './commands.controller.js';
import { NdjsonCommands } from './ndjson-commands.js';

@Module({ controllers: [CommandsController], providers: [NdjsonCommands] })
export class CommandsModule {}
