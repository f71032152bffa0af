import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { published } from '../projections/index.js';
import { Book } from './node/open-node.js';
import { Configuration } from './node/configuration.js';
import { AccessGuard } from './api/shared/access.guard.js';
import { Answers } from './api/read-models/read-model-responder.js';
import { ChangesController } from './api/audit/changes.controller.js';
import { ReplaysController } from './api/audit/replays.controller.js';
import { TrailController } from './api/audit/trail.controller.js';
import { CommandsController } from './api/commands/commands.controller.js';
import { DocsController } from './api/docs/docs.controller.js';
import { EventsController } from './api/events/events.controller.js';
import { HealthController } from './api/operations/health.controller.js';
import { JsonAnswers } from './api/shared/json-responder.js';
import { Keys } from './auth/api-keys.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ProjectionsController } from './api/operations/projections.controller.js';
import { CheckpointController } from './api/proofs/checkpoint.controller.js';
import { ProofsController } from './api/proofs/proofs.controller.js';
import { TilesController } from './api/proofs/tiles.controller.js';
import { readModelController } from './api/read-models/read-model.controller.js';
import { Timemaps } from './api/read-models/timemap-responder.js';

/** The composition root: what there is, made of what. */
@Module({})
export class AppModule implements OnApplicationShutdown {
  constructor(
    private readonly book: Book,
    private readonly keys: Keys,
  ) {}

  static of(configuration: Configuration, book: Book, keys: Keys): DynamicModule {
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
        ...published.map(readModelController),
      ],
      providers: [
        { provide: Configuration, useValue: configuration },
        { provide: Book, useValue: book },
        { provide: Keys, useValue: keys },
        Answers,
        Timemaps,
        JsonAnswers,
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
