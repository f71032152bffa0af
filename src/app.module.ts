import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { published } from '../projections/index.js';
import { Book } from './book.js';
import { Configuration } from './configuration.js';
import { AccessGuard } from './http/access.js';
import { Answers } from './http/answers.js';
import { ChangesController } from './http/audit/changes.controller.js';
import { ReplaysController } from './http/audit/replays.controller.js';
import { TrailController } from './http/audit/trail.controller.js';
import { CommandsController } from './http/commands.controller.js';
import { DocsController } from './http/docs.controller.js';
import { EventsController } from './http/events.controller.js';
import { HealthController } from './http/health.controller.js';
import { JsonAnswers } from './http/json-answers.js';
import { Keys } from './http/keys.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ProjectionsController } from './http/projections.controller.js';
import { CheckpointController } from './http/proofs/checkpoint.controller.js';
import { ProofsController } from './http/proofs/proofs.controller.js';
import { TilesController } from './http/proofs/tiles.controller.js';
import { readModelController } from './http/read-model.controller.js';
import { Timemaps } from './http/timemaps.js';

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
