import { Module } from '@nestjs/common';
import { TurnScheduler } from '../../http/event-loop-scheduler.js';
import { AsOfResolver } from './as-of.js';
import { KeyChecks } from './credential-watcher.js';
import { SseConnections } from './sse-connections.js';
import { LedgerAnswerInterceptor } from './ledger-answer.interceptor.js';
import { StreamReader } from './ledger-stream-reader.js';

const SHARED_PARTS = [
  AsOfResolver,
  SseConnections,
  KeyChecks,
  LedgerAnswerInterceptor,
  StreamReader,
  { provide: TurnScheduler, useFactory: () => new TurnScheduler() },
];

/** What several capabilities use. The parts of the node come from the global NodeModule. */
@Module({
  providers: SHARED_PARTS,
  exports: SHARED_PARTS,
})
export class SharedModule {}
