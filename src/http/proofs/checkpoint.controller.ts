import { Controller, Get, Res } from '@nestjs/common';
import { Book } from '../../book.js';
import { Allow } from '../access.js';
import type { Reply } from '../request.js';

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
    await reply.type(TEXT).header('cache-control', 'no-cache').send(`${this.book.checkpoints.verifier}\n`);
  }
}
