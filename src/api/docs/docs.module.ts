import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { RootController } from './root.controller.js';

@Module({ controllers: [RootController, DocsController] })
export class DocsModule {}
