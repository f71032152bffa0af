import { Controller, Get, Res } from '@nestjs/common';
import type { Reply } from '../../http/request.js';
import { Checkpoints } from '../../ledger/checkpoints/checkpoints.js';
import { Ledger } from '../../ledger/ledger.js';
import { ProblemError } from '../../problems/problem-error.js';
import { Allow } from '../shared/access.guard.js';

const TEXT_TYPE = 'text/plain; charset=utf-8';

/** The signed tree head: C2SP tlog-checkpoint. */
@Controller('checkpoint')
@Allow('read')
export class CheckpointController {
  constructor(
    private readonly ledger: Ledger,
    private readonly checkpoints: Checkpoints,
  ) {}

  /** Covers every entry of the ledger. */
  @Get()
  async getCheckpoint(@Res() reply: Reply): Promise<void> {
    const { note } = await this.checkpoints.getCovering(this.ledger.getHead().entry);
    await reply.type(TEXT_TYPE).header('cache-control', 'no-cache').send(note);
  }

  @Get('key')
  async getKey(@Res() reply: Reply): Promise<void> {
    const { verifierKey } = this.checkpoints;
    if (verifierKey === null)
      throw new ProblemError(
        'not-signed',
        'This node does not sign, and no checkpoint has told it yet with which key others do.',
        {},
        5,
      );
    await reply.type(TEXT_TYPE).header('cache-control', 'no-cache').send(`${verifierKey}\n`);
  }
}
