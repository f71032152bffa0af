import { Module } from '@nestjs/common';
import { EventLoopScheduler } from './event-loop-scheduler.js';
import { AsOfResolver } from './as-of.js';
import { CredentialWatcher } from './credential-watcher.js';
import { SseConnections } from './sse-connections.js';
import { LedgerAnswerInterceptor } from './ledger-answer.interceptor.js';
import { TableSender } from './table-sender.js';
import { LedgerStreamReader } from './ledger-stream-reader.js';

const SHARED_PARTS = [
  AsOfResolver,
  SseConnections,
  CredentialWatcher,
  LedgerAnswerInterceptor,
  LedgerStreamReader,
  TableSender,
  { provide: EventLoopScheduler, useFactory: () => new EventLoopScheduler() },
];

/** What several capabilities use. The parts of the node come from the global NodeModule. */
@Module({
  providers: SHARED_PARTS,
  exports: SHARED_PARTS,
})
export class SharedModule {}
