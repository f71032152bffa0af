// Proofs on request, for those who do not read tiles themselves.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { OpenedNode } from '../../node/open-node.js';
import { type Entry, encodeLeaf } from '../../ledger/entry.js';
import { Allow } from '../shared/access.guard.js';
import { JsonResponder, getTreeRoot } from '../shared/json-responder.js';
import { ProblemError } from '../../problems/problem-error.js';
import { assertKnownParameters, parseInteger, parseParameters } from '../shared/read-query.js';
import type { Reply, Request } from '../../http/request.js';
import { RECEIPT_SUFFIX, createReceipt } from '../shared/receipts.js';

const encodeHashes = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('base64'));

@Controller('proofs')
@Allow('read')
export class ProofsController {
  constructor(
    private readonly book: OpenedNode,
    private readonly jsonResponder: JsonResponder,
  ) {}

  /** As JSON in the tree of `size` entries, by default that of the checkpoint; with `.tlog-proof` as a receipt. */
  @Get('inclusion/:event')
  async getInclusionProof(
    @Param('event') event: string,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const given = parseParameters(request);
    if (event.endsWith(RECEIPT_SUFFIX)) {
      assertKnownParameters(given, []);
      const receipt = await createReceipt(this.book, this.#findEntry(event.slice(0, -RECEIPT_SUFFIX.length)));
      await reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(receipt);
      return;
    }
    assertKnownParameters(given, ['size']);
    const { ledger } = this.book;
    const entry = this.#findEntry(event);
    const size = await this.#resolveTreeSize(given, 'size', entry.entry);
    const leafIndex = entry.entry - 1;
    await this.jsonResponder.send(
      request,
      reply,
      {
        leafIndex,
        treeSize: size,
        hashes: encodeHashes(ledger.tree.getInclusionProof(leafIndex, size)),
        leaf: encodeLeaf(entry),
        root: getTreeRoot(this.book, size),
      },
      { entry: size, isImmutable: given.has('size') },
    );
  }

  @Get('consistency')
  async getConsistencyProof(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const given = parseParameters(request);
    assertKnownParameters(given, ['from', 'to']);
    const head = this.book.ledger.getHead().entry;
    const from = parseInteger('from', given.get('from') ?? '', 0, 0, head);
    const to = await this.#resolveTreeSize(given, 'to', from);
    await this.jsonResponder.send(
      request,
      reply,
      {
        from,
        to,
        hashes: encodeHashes(this.book.ledger.tree.getConsistencyProof(from, to)),
        fromRoot: getTreeRoot(this.book, from),
        toRoot: getTreeRoot(this.book, to),
      },
      { entry: to, isImmutable: given.has('to') },
    );
  }

  #findEntry(event: string): Entry {
    const entry = this.book.ledger.findById(event.toLowerCase());
    if (!entry) throw new ProblemError('unknown-id', `The book has no event "${event}".`);
    return entry;
  }

  /** A size of the tree that is `least` or more; by default that of a checkpoint. */
  async #resolveTreeSize(given: ReadonlyMap<string, string>, name: string, least: number): Promise<number> {
    const head = this.book.ledger.getHead().entry;
    if (given.has(name)) return parseInteger(name, given.get(name), 0, least, head);
    return (await this.book.checkpoints.getCovering(head)).size;
  }
}
