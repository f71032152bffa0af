import { Controller, Get, Res } from '@nestjs/common';
import { Book } from '../../node/open-node.js';
import { Allow } from '../shared/access.guard.js';
import { HttpProblem, retryAfter } from '../../problems/problems.js';
import type { Reply } from '../../http/request.js';

const TEXT = 'text/plain; charset=utf-8';

/** What the book says of itself, signed: C2SP tlog-checkpoint. */
@Controller('checkpoint')
@Allow('read')
export class CheckpointController {
  constructor(private readonly book: Book) {}

  /** Over all entries that there are now. */
  @Get()
  async checkpoint(@Res() reply: Reply): Promise<void> {
    const { note } = await this.book.checkpoints.covering(this.book.ledger.head().entry);
    await reply.type(TEXT).header('cache-control', 'no-cache').send(note);
  }

  @Get('key')
  async key(@Res() reply: Reply): Promise<void> {
    const { verifier } = this.book.checkpoints;
    if (verifier === null)
      throw new HttpProblem(
        'not-signed',
        'This node does not sign, and no checkpoint has told it yet with which key others do.',
        {},
        retryAfter(5),
      );
    await reply.type(TEXT).header('cache-control', 'no-cache').send(`${verifier}\n`);
  }
}
