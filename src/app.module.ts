import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Global,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AuditModule } from './api/audit/audit.module.js';
import { CommandsModule } from './api/commands/commands.module.js';
import { DocsModule } from './api/docs/docs.module.js';
import { EventsModule } from './api/events/events.module.js';
import { OperationsModule } from './api/operations/operations.module.js';
import { ProofsModule } from './api/proofs/proofs.module.js';
import { ReadModelsModule } from './api/read-models/read-models.module.js';
import { AccessGuard } from './api/shared/access.guard.js';
import { AuditJobs } from './audit/audit-jobs.js';
import { Authenticator } from './auth/authenticator.js';
import { CommandHandler } from './commands/command-handler.js';
import { ProblemFilter } from './http/problem.filter.js';
import { Checkpoints } from './ledger/checkpoints/checkpoints.js';
import { Ledger } from './ledger/ledger.js';
import { Sequencer } from './ledger/sequencer.js';
import { AppendMeter } from './node/append-meter.js';
import { printOperatorMessage, type LogFormat } from './node/operator-message.js';
import { Configuration } from './node/configuration.js';
import type { OpenedNode } from './node/open-node.js';
import { STOP_NOTICE_MS } from './node/timeouts.js';
import { Readiness } from './node/readiness.js';
import { ReadModels } from './read-models/read-models.js';
import { PagesModule } from './web/pages.module.js';
import { RepresentationsModule } from './web/representations.module.js';
import { hasStuckThreads } from './ledger/worker-thread.js';

/** Closes the node after the last request was answered. */
class NodeShutdown implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly node: OpenedNode,
    private readonly logFormat: LogFormat,
  ) {}

  /** Runs before the server stops listening: whoever checks readiness stops sending requests first. */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    this.node.readiness.announceStop();
    // Only a supervisor sends SIGTERM; Ctrl-C, and a test, wait for no proxy.
    if (signal === 'SIGTERM') await sleep(STOP_NOTICE_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.node.close();
    printOperatorMessage('The book is closed.', this.logFormat);
    // An exit would wait for such a thread. All that it writes is built again from the ledger.
    if (hasStuckThreads()) process.kill(process.pid, 'SIGKILL');
  }
}

/** Provides the parts of the opened node, each under its class. */
@Global()
@Module({})
class NodeModule {
  static register(configuration: Configuration, node: OpenedNode): DynamicModule {
    const parts = [
      { provide: Configuration, useValue: configuration },
      { provide: Ledger, useValue: node.ledger },
      { provide: Sequencer, useValue: node.sequencer },
      { provide: ReadModels, useValue: node.readModels },
      { provide: Checkpoints, useValue: node.checkpoints },
      { provide: AuditJobs, useValue: node.auditJobs },
      { provide: CommandHandler, useValue: node.commandHandler },
      { provide: AppendMeter, useValue: node.appendMeter },
      { provide: Authenticator, useValue: node.authenticator },
      { provide: Readiness, useValue: node.readiness },
    ];
    const shutdown = {
      provide: NodeShutdown,
      useFactory: () => new NodeShutdown(node, configuration.logFormat),
    };
    return {
      module: NodeModule,
      providers: [...parts, shutdown],
      exports: parts.map(({ provide }) => provide),
    };
  }
}

/** The composition root: the parts of the node and one module per capability. */
@Module({})
export class AppModule {
  static register(configuration: Configuration, node: OpenedNode): DynamicModule {
    return {
      module: AppModule,
      imports: [
        NodeModule.register(configuration, node),
        RepresentationsModule,
        CommandsModule,
        EventsModule,
        ReadModelsModule,
        AuditModule,
        ProofsModule,
        OperationsModule,
        DocsModule,
        PagesModule,
      ],
      providers: [
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
