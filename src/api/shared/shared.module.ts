import { Module } from '@nestjs/common';
import { AsOfResolver } from './as-of.js';
import { SseConnections } from './sse-connections.js';
import { LedgerAnswerInterceptor } from './ledger-answer.interceptor.js';

/** What several capabilities use. The parts of the node come from the global NodeModule. */
@Module({
  providers: [AsOfResolver, SseConnections, LedgerAnswerInterceptor],
  exports: [AsOfResolver, SseConnections, LedgerAnswerInterceptor],
})
export class SharedModule {}
