import { Controller, Get, Res } from '@nestjs/common';
import type { Reply } from '../../http/request.js';
import { Checkpoints } from '../../ledger/checkpoints/checkpoints.js';
import { Ledger } from '../../ledger/ledger.js';
import { UnavailableError } from '../../ledger/sequencer.js';
import { Allow } from '../shared/access.guard.js';

const TEXT_TYPE = 'text/plain; charset=utf-8';

/** The signed tree head: C2SP tlog-checkpoint. */
@Controller('checkpoint')
@Allow('read', { ignoresAccept: true })
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
      throw new UnavailableError(
        'not-signed',
        'This node does not sign, and has not yet received a checkpoint, from which it takes the key.',
      );
    await reply.type(TEXT_TYPE).header('cache-control', 'no-cache').send(`${verifierKey}\n`);
  }
}
