import { Controller, Get, Param, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { getRepresentation } from '../../http/representation.js';
import type { Reply, Request } from '../../http/request.js';
import { Checkpoints } from '../../ledger/checkpoints/checkpoints.js';
import { encodeLeaf, type Entry } from '../../ledger/entry.js';
import { Ledger } from '../../ledger/ledger.js';
import { ProblemError } from '../../problems/problem-error.js';
import { Allow } from '../shared/access.guard.js';
import { LedgerAnswer } from '../shared/ledger-answer.js';
import { LedgerAnswerInterceptor } from '../shared/ledger-answer.interceptor.js';
import { getTreeRoot } from '../shared/ledger-headers.js';
import { parseInteger, readText } from '../shared/query-parameters.js';
import { defineQueryClass, EmptyQuery, parseQuery, QueryPipe } from '../shared/query.pipe.js';
import { createReceipt } from '../shared/receipts.js';

class InclusionQuery extends defineQueryClass({ size: readText }) {}
class ConsistencyQuery extends defineQueryClass({ from: readText, to: readText }) {}

const encodeHashes = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('base64'));

/** Proofs on request, for clients that do not read tiles themselves. */
@Controller('proofs')
@Allow('read')
@UseInterceptors(LedgerAnswerInterceptor)
export class ProofsController {
  constructor(
    private readonly ledger: Ledger,
    private readonly checkpoints: Checkpoints,
  ) {}

  /** As JSON in the tree of `size` entries, by default that of the checkpoint; with `.tlog-proof` as a receipt. */
  @Get('inclusion/:event')
  @Allow('read', { representations: ['json', 'tlog-proof'] })
  async getInclusionProof(
    @Param('event') event: string,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<LedgerAnswer | string> {
    if (getRepresentation(request) === 'json') return this.#getProof(event, request);
    parseQuery(EmptyQuery, request.query);
    const receipt = await createReceipt(this.ledger, this.checkpoints, this.#findEntry(event));
    void reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache');
    return receipt;
  }

  async #getProof(event: string, request: Request): Promise<LedgerAnswer> {
    const { ledger } = this;
    const { size: given } = parseQuery(InclusionQuery, request.query);
    const entry = this.#findEntry(event);
    const size = await this.#resolveTreeSize(given, 'size', entry.entry);
    const leafIndex = entry.entry - 1;
    return new LedgerAnswer({
      value: {
        leafIndex,
        treeSize: size,
        hashes: encodeHashes(ledger.tree.getInclusionProof(leafIndex, size)),
        leaf: encodeLeaf(entry),
        root: getTreeRoot(ledger, size),
      },
      entry: size,
      immutable: given !== undefined,
    });
  }

  @Get('consistency')
  async getConsistencyProof(@Query(QueryPipe) query: ConsistencyQuery): Promise<LedgerAnswer> {
    const { ledger } = this;
    const from = parseInteger('from', query.from ?? '', 0, 0, ledger.getHead().entry);
    const to = await this.#resolveTreeSize(query.to, 'to', from);
    return new LedgerAnswer({
      value: {
        from,
        to,
        hashes: encodeHashes(ledger.tree.getConsistencyProof(from, to)),
        fromRoot: getTreeRoot(ledger, from),
        toRoot: getTreeRoot(ledger, to),
      },
      entry: to,
      immutable: query.to !== undefined,
    });
  }

  #findEntry(event: string): Entry {
    const entry = this.ledger.findById(event.toLowerCase());
    if (!entry) throw new ProblemError('unknown-id', `The book has no event "${event}".`);
    return entry;
  }

  /** A tree size that is `least` or more; by default that of the checkpoint. Throws ProblemError. */
  async #resolveTreeSize(given: string | undefined, name: string, least: number): Promise<number> {
    const head = this.ledger.getHead().entry;
    if (given !== undefined) return parseInteger(name, given, 0, least, head);
    return (await this.checkpoints.getCovering(head)).size;
  }
}
