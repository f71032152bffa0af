import { Global, Module } from '@nestjs/common';
import { publishedReadModels } from '../../../projections/index.js';
import { CommandHandler } from '../../commands/command-handler.js';
import { Configuration } from '../../node/configuration.js';
import { ApiDescription } from '../shared/api-description.js';
import { createOpenApiDocument } from './openapi-document.js';
import { OpenApiController } from './openapi.controller.js';
import { RootController } from './root.controller.js';

const DESCRIPTION = {
  provide: ApiDescription,
  useFactory: ({ commands }: CommandHandler, { basePath, publicOrigin = '' }: Configuration) =>
    createOpenApiDocument(commands.values(), publishedReadModels, `${publicOrigin}${basePath}` || '/'),
  inject: [CommandHandler, Configuration],
};

/** Global, so that pages can show what the document says. */
@Global()
@Module({
  controllers: [RootController, OpenApiController],
  providers: [DESCRIPTION],
  exports: [ApiDescription],
})
export class DocsModule {}
