import { Controller, Get, Res } from '@nestjs/common';
import { OpenedNode } from '../../node/open-node.js';
import { Allow } from '../shared/access.guard.js';
import { ProblemError } from '../../problems/problem-error.js';
import type { Reply } from '../../http/request.js';

const TEXT_TYPE = 'text/plain; charset=utf-8';

/** What the book says of itself, signed: C2SP tlog-checkpoint. */
@Controller('checkpoint')
@Allow('read')
export class CheckpointController {
  constructor(private readonly book: OpenedNode) {}

  /** Over all entries that there are now. */
  @Get()
  async getCheckpoint(@Res() reply: Reply): Promise<void> {
    const { note } = await this.book.checkpoints.getCovering(this.book.ledger.getHead().entry);
    await reply.type(TEXT_TYPE).header('cache-control', 'no-cache').send(note);
  }

  @Get('key')
  async getKey(@Res() reply: Reply): Promise<void> {
    const { verifierKey } = this.book.checkpoints;
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
