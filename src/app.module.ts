import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { publishedReadModels } from '../projections/index.js';
import { OpenedNode } from './node/open-node.js';
import { Configuration } from './node/configuration.js';
import { AccessGuard } from './api/shared/access.guard.js';
import { ReadModelResponder } from './api/read-models/read-model-responder.js';
import { ChangesController } from './api/audit/changes.controller.js';
import { ReplaysController } from './api/audit/replays.controller.js';
import { TrailController } from './api/audit/trail.controller.js';
import { CommandsController } from './api/commands/commands.controller.js';
import { DocsController } from './api/docs/docs.controller.js';
import { EventsController } from './api/events/events.controller.js';
import { HealthController } from './api/operations/health.controller.js';
import { JsonResponder } from './api/shared/json-responder.js';
import { ApiKeys } from './auth/api-keys.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ProjectionsController } from './api/operations/projections.controller.js';
import { CheckpointController } from './api/proofs/checkpoint.controller.js';
import { ProofsController } from './api/proofs/proofs.controller.js';
import { TilesController } from './api/proofs/tiles.controller.js';
import { createReadModelController } from './api/read-models/read-model.controller.js';
import { TimemapResponder } from './api/read-models/timemap-responder.js';

/** The composition root: what there is, made of what. */
@Module({})
export class AppModule implements OnApplicationShutdown {
  constructor(
    private readonly book: OpenedNode,
    private readonly keys: ApiKeys,
  ) {}

  static register(configuration: Configuration, book: OpenedNode, keys: ApiKeys): DynamicModule {
    return {
      module: AppModule,
      controllers: [
        CommandsController,
        EventsController,
        ProjectionsController,
        ChangesController,
        ReplaysController,
        TrailController,
        CheckpointController,
        TilesController,
        ProofsController,
        HealthController,
        DocsController,
        ...publishedReadModels.map(createReadModelController),
      ],
      providers: [
        { provide: Configuration, useValue: configuration },
        { provide: OpenedNode, useValue: book },
        { provide: ApiKeys, useValue: keys },
        ReadModelResponder,
        TimemapResponder,
        JsonResponder,
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }

  /** After the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.book.close();
    await this.keys.close();
    console.log('The book is closed.');
  }
}
