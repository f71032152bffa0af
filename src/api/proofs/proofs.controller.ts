// Proofs on request, for those who do not read tiles themselves.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { Book } from '../../node/open-node.js';
import { type Entry, leafBytes } from '../../ledger/entry.js';
import { Allow } from '../shared/access.guard.js';
import { JsonAnswers, rootOf } from '../shared/json-responder.js';
import { HttpProblem } from '../../problems/problems.js';
import { assertKnown, integerOf, parametersOf } from '../shared/read-query.js';
import type { Reply, Request } from '../../http/request.js';
import { RECEIPT, receiptOf } from '../shared/receipts.js';

const base64 = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('base64'));

@Controller('proofs')
@Allow('read')
export class ProofsController {
  constructor(
    private readonly book: Book,
    private readonly answers: JsonAnswers,
  ) {}

  /** As JSON in the tree of `size` entries, by default that of the checkpoint; with `.tlog-proof` as a receipt. */
  @Get('inclusion/:event')
  async inclusion(
    @Param('event') event: string,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const given = parametersOf(request);
    if (event.endsWith(RECEIPT)) {
      assertKnown(given, []);
      const receipt = await receiptOf(this.book, this.#entry(event.slice(0, -RECEIPT.length)));
      await reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(receipt);
      return;
    }
    assertKnown(given, ['size']);
    const { ledger } = this.book;
    const entry = this.#entry(event);
    const size = await this.#size(given, 'size', entry.entry);
    const leafIndex = entry.entry - 1;
    await this.answers.send(
      request,
      reply,
      {
        leafIndex,
        treeSize: size,
        hashes: base64(ledger.tree.inclusion(leafIndex, size)),
        leaf: leafBytes(entry),
        root: rootOf(this.book, size),
      },
      { entry: size, isForever: given.has('size') },
    );
  }

  @Get('consistency')
  async consistency(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const given = parametersOf(request);
    assertKnown(given, ['from', 'to']);
    const head = this.book.ledger.head().entry;
    const from = integerOf('from', given.get('from') ?? '', 0, 0, head);
    const to = await this.#size(given, 'to', from);
    await this.answers.send(
      request,
      reply,
      {
        from,
        to,
        hashes: base64(this.book.ledger.tree.consistency(from, to)),
        fromRoot: rootOf(this.book, from),
        toRoot: rootOf(this.book, to),
      },
      { entry: to, isForever: given.has('to') },
    );
  }

  #entry(event: string): Entry {
    const entry = this.book.ledger.byId(event.toLowerCase());
    if (!entry) throw new HttpProblem('unknown-id', `The book has no event "${event}".`);
    return entry;
  }

  /** A size of the tree that is `least` or more; by default that of a checkpoint. */
  async #size(given: ReadonlyMap<string, string>, name: string, least: number): Promise<number> {
    const head = this.book.ledger.head().entry;
    if (given.has(name)) return integerOf(name, given.get(name), 0, least, head);
    return (await this.book.checkpoints.covering(head)).size;
  }
}
