import { Module } from '@nestjs/common';
import { AssetsController } from './assets.controller.js';
import { DocumentationController } from './docs/documentation.controller.js';
import { PagesController } from './pages.controller.js';
import { ProblemsController } from './problems/problems.controller.js';
import { SiteFilesController } from './site-files.controller.js';

/** The pages for people, and their files. */
@Module({
  controllers: [
    AssetsController,
    DocumentationController,
    PagesController,
    ProblemsController,
    SiteFilesController,
  ],
})
export class PagesModule {}
