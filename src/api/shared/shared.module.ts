import { Module } from '@nestjs/common';
import { AsOfResolver } from './as-of.js';
import { EventStreams } from './event-streams.js';
import { LedgerAnswerInterceptor } from './ledger-answer.interceptor.js';

/** What several capabilities use. The parts of the node come from the global NodeModule. */
@Module({
  providers: [AsOfResolver, EventStreams, LedgerAnswerInterceptor],
  exports: [AsOfResolver, EventStreams, LedgerAnswerInterceptor],
})
export class SharedModule {}
