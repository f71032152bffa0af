import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { startStreaming, waitForDrain, writeNow } from '../../http/backpressure.js';
import { EventLoopScheduler } from '../shared/event-loop-scheduler.js';
import { VARY } from '../../http/conditional-response.js';
import type { Reply, Request } from '../../http/request.js';
import { Checkpoints } from '../../ledger/checkpoints/checkpoints.js';
import { generateExportLines, generateStreamLines } from '../../ledger/export.js';
import { Ledger } from '../../ledger/ledger.js';
import { ProblemError } from '../../problems/problem-error.js';
import { ConcurrencyLimit } from '../shared/concurrency-limit.js';
import { CredentialWatcher } from '../shared/credential-watcher.js';
import { getTreeRoot } from '../shared/ledger-headers.js';
import { getClientId } from '../shared/principal.js';
import { createReceipt } from '../shared/receipts.js';

/** Sends exports as NDJSON, at the speed of the client. */
@Injectable()
export class ExportSender {
  readonly #limit = new ConcurrencyLimit({ what: 'exports', total: 64, perClient: 16 });

  constructor(
    private readonly ledger: Ledger,
    private readonly checkpoints: Checkpoints,
    private readonly turns: EventLoopScheduler,
    private readonly credentials: CredentialWatcher,
  ) {}

  /** The whole ledger up to the present head. There are no partial exports: a part would prove nothing. */
  async sendLedger(request: Request, reply: Reply): Promise<void> {
    const { ledger, checkpoints } = this;
    const { entry: entries } = ledger.getHead();
    const header = { entries, key: checkpoints.verifierKey, root: getTreeRoot(ledger, entries) };
    await this.#sendNdjson(request, reply, entries, generateExportLines(ledger, header));
  }

  /** A whole stream, with a receipt in the last line that proves all of it. */
  async sendStream(stream: string, request: Request, reply: Reply): Promise<void> {
    const { ledger, checkpoints } = this;
    const revision = ledger.getStreamRevision(stream);
    const [last] = revision < 0 ? [] : ledger.readStream(stream, revision, 1);
    if (!last) throw new ProblemError('unknown-id', `The book has no stream "${stream}".`);
    const header = { entries: revision + 1, key: checkpoints.verifierKey, stream };
    const receipt = await createReceipt(ledger, checkpoints, last);
    await this.#sendNdjson(request, reply, last.entry, generateStreamLines(ledger, header, receipt));
  }

  async #sendNdjson(request: Request, reply: Reply, entry: number, pages: Iterator<string>): Promise<void> {
    const release = this.#limit.acquire(getClientId(request));
    const response = startStreaming(reply, {
      'content-type': 'application/x-ndjson',
      'ledger-entry': String(entry),
      'ledger-root': getTreeRoot(this.ledger, entry),
      vary: VARY,
    });
    // Cut off, so that no client takes the part for the whole.
    const unwatch = this.credentials.watch(request, () => response.destroy());
    try {
      if (request.method === 'GET') await this.#writePages(response, pages);
      response.end();
    } finally {
      release();
      unwatch();
    }
  }

  async #writePages(response: ServerResponse, pages: Iterator<string>): Promise<void> {
    while (!response.destroyed) {
      const isDone = await this.turns.run(() => {
        const page = pages.next();
        if (page.done !== true) writeNow(response, page.value);
        return page.done;
      });
      if (isDone === true) return;
      await waitForDrain(response);
    }
  }
}
