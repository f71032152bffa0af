import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import {
  assertExportImportAllowed,
  importLines,
  type ImportLineResult,
  isExport,
  LINE_MAX_BYTES,
} from '../../commands/bulk-import.js';
import { CommandHandler } from '../../commands/command-handler.js';
import { cancelBodyDeadline, watchIdleBody } from '../../http/body-deadline.js';
import { startStreaming, waitForDrain } from '../../http/backpressure.js';
import type { Reply, Request } from '../../http/request.js';
import { EventLoopScheduler } from '../shared/event-loop-scheduler.js';
import { InterruptibleLines } from '../../json/interruptible-lines.js';
import { readLines } from '../../json/ndjson-lines.js';
import { Ledger } from '../../ledger/ledger.js';
import { Sequencer } from '../../ledger/sequencer.js';
import { ReadModels } from '../../read-models/read-models.js';
import { CredentialWatcher } from '../shared/credential-watcher.js';
import {
  FIRST_LINE_TIMEOUT_MS,
  READ_MODELS_TIMEOUT_MS,
  BODY_DRAIN_TIMEOUT_MS,
  REVOKED_BODY_DRAIN_TIMEOUT_MS,
} from '../shared/timeouts.js';
import { CommandDryRuns, type CommandsQueryParameters } from './command-dry-runs.js';
import { assertNoRevisionCondition, parseCommandSender } from './parse-command-sender.js';

/** POST /commands as NDJSON: lines with commands, or an export; one result per line, sent while further lines arrive. */
@Injectable()
export class NdjsonCommands {
  constructor(
    private readonly ledger: Ledger,
    private readonly sequencer: Sequencer,
    private readonly commandHandler: CommandHandler,
    private readonly checks: CommandDryRuns,
    private readonly readModels: ReadModels,
    private readonly credentials: CredentialWatcher,
    private readonly turns: EventLoopScheduler,
  ) {}

  /**
   * Sends each result as soon as it is durable, no faster than the client reads. An export that must be refused as a
   * whole is answered with a problem if that is known before the answer begins. When the API key is revoked, or the client
   * sends nothing for too long, the last result says so.
   */
  async process(
    body: Readable,
    { check: isCheck, onError }: CommandsQueryParameters,
    request: Request,
    reply: Reply,
  ): Promise<void> {
    // All of these throw before the answer begins.
    assertNoRevisionCondition(request);
    const { actor, correlationId } = parseCommandSender(request);
    const check = isCheck ? this.checks.open(request) : undefined;
    const { ledger, sequencer } = this;
    const node = { ledger, sequencer, commandHandler: check?.handler ?? this.commandHandler };
    const isAdmin = request.principal.role === 'admin';
    const lines = new InterruptibleLines(readLines(body, LINE_MAX_BYTES));
    const stopWatching = this.#watch(request, body, lines);
    const first = lines.next();
    try {
      const early = await Promise.race([first, pause(FIRST_LINE_TIMEOUT_MS, undefined, { ref: false })]);
      if (early && isExport(early)) assertExportImportAllowed({ node, isAdmin, isCheck });
      const response = startStreaming(reply, {
        'content-type': 'application/x-ndjson',
        ...(check && { 'ledger-entry': String(check.entry) }),
      });
      const head = await importLines(first, lines, {
        sender: { actor, correlationId },
        ...{ node, isAdmin, isCheck },
        stopOnFailure: onError === 'stop',
        write: async (result: ImportLineResult) => {
          if (!response.destroyed && !response.write(`${JSON.stringify(result)}\n`))
            await waitForDrain(response);
        },
        isCancelled: () => response.destroyed,
        ...(request.countCommand && { countLine: request.countCommand.bind(request) }),
        assertAllowed: () => this.credentials.assertValid(request),
        runTurn: (work) => this.turns.run(work),
      });
      if (head > 0) await this.readModels.waitForEntry(head, { timeoutMs: READ_MODELS_TIMEOUT_MS });
      await this.#discardRemainingBody(body, request);
      response.end(); // only here: an answer that ends properly means that every line was processed
    } catch (error) {
      if (!body.errored) throw error; // otherwise the client has closed the connection
    } finally {
      stopWatching();
      body.resume();
      await check?.close();
    }
  }

  /** Interrupts the lines when the key is revoked or no byte arrives for too long. Returns a function that ends this. */
  #watch(request: Request, body: Readable, lines: InterruptibleLines): () => void {
    cancelBodyDeadline(request);
    const unwatchCredential = this.credentials.watch(request, (problem) => lines.interrupt(problem));
    const unwatchBody = watchIdleBody(request, body, (problem) => lines.interrupt(problem));
    return () => {
      unwatchCredential();
      unwatchBody();
    };
  }

  /** Closing the connection while the client still sends could lose the response. */
  async #discardRemainingBody(body: Readable, request: Request): Promise<void> {
    body.resume();
    if (body.readableEnded || body.destroyed) return;
    const timeoutMs = this.credentials.isValid(request)
      ? BODY_DRAIN_TIMEOUT_MS
      : REVOKED_BODY_DRAIN_TIMEOUT_MS;
    await Promise.race([once(body, 'close'), pause(timeoutMs, undefined, { ref: false })]);
  }
}
