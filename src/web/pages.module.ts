import { Module } from '@nestjs/common';
import { AssetsController } from './assets.controller.js';
import { DocumentationController } from './docs/documentation.controller.js';
import { ProblemsController } from './problems/problems.controller.js';

/** The pages for people, and their files. */
@Module({ controllers: [AssetsController, DocumentationController, ProblemsController] })
export class PagesModule {}
