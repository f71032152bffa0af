import { Readable } from 'node:stream';
import { Controller, Get, Header, Param, Post, Query, Req, Res } from '@nestjs/common';
import { parseCommandGroup } from '../../commands/parse-command-envelope.js';
import { CommandHandler } from '../../commands/command-handler.js';
import type { CommandOutcome, RecordedCommand } from '../../commands/command-outcome.js';
import { getRecordedCommand } from '../../commands/command-problems.js';
import type { CommandSender } from '../../commands/command-recorder.js';
import { formatPublicPath } from '../../http/public-address.js';
import { getHeader, type Reply, type Request } from '../../http/request.js';
import { EventLoopScheduler } from '../shared/event-loop-scheduler.js';
import { Checkpoints } from '../../ledger/checkpoints/checkpoints.js';
import { Ledger } from '../../ledger/ledger.js';
import { ProblemError } from '../../problems/problem-error.js';
import { ReadModels } from '../../read-models/read-models.js';
import { Allow } from '../shared/access.guard.js';
import { getTreeRoot } from '../shared/ledger-headers.js';
import { QueryPipe } from '../shared/query.pipe.js';
import { createReceipt, formatReceiptLink } from '../shared/receipts.js';
import { parseBody } from '../shared/request-body.js';
import { READ_MODELS_TIMEOUT_MS } from '../shared/timeouts.js';
import { CommandDryRuns, CommandQueryParameters, CommandsQueryParameters } from './command-dry-runs.js';
import { createCommandSchema } from '../../commands/command-schema.js';
import { parseCommandSender } from './parse-command-sender.js';
import { NdjsonCommands } from './ndjson-commands.js';

type CommandAnswer = { readonly request: Request; readonly reply: Reply; readonly isCheck: boolean };
type HandleCommands = (handler: CommandHandler, sender: CommandSender) => Promise<CommandOutcome>;

@Controller('commands')
export class CommandsController {
  constructor(
    private readonly commandHandler: CommandHandler,
    private readonly ledger: Ledger,
    private readonly checkpoints: Checkpoints,
    private readonly readModels: ReadModels,
    private readonly ndjsonCommands: NdjsonCommands,
    private readonly checks: CommandDryRuns,
    private readonly turns: EventLoopScheduler,
  ) {}

  @Get()
  @Allow('read')
  listCommands(@Req() request: Request) {
    const commands = [...this.commandHandler.commands.values()];
    return {
      items: commands.map(({ name, about, event, aggregate }) => ({
        name,
        about,
        event,
        stream: aggregate?.category ?? null,
        schema: formatPublicPath(request, `/commands/${name}`),
      })),
    };
  }

  @Get(':name')
  @Allow('read', { ignoresAccept: true }) // JSON by another name
  @Header('content-type', 'application/schema+json')
  getSchema(@Param('name') name: string, @Req() request: Request) {
    const command = this.commandHandler.commands.get(name);
    if (!command)
      throw new ProblemError('unknown-command', `There is no command "${name}"; GET /commands lists them.`);
    return createCommandSchema(command, request.server.publicAddress.basePath);
  }

  @Post(':name')
  @Allow('record')
  async sendCommand(
    @Param('name') name: string,
    @Query(QueryPipe) { check: isCheck }: CommandQueryParameters,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    if (isNdjson(request))
      throw new ProblemError('unsupported-media-type', 'Only POST /commands accepts NDJSON.');
    const answer = { request, reply, isCheck };
    return this.#answer(answer, (handler, sender) =>
      handler.handle({ command: name, data: parseBody(request) }, sender),
    );
  }

  /** A group as JSON, or any number of commands as NDJSON. */
  @Post()
  @Allow('record')
  async sendCommands(
    @Query(QueryPipe) query: CommandsQueryParameters,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    if (isNdjson(request)) {
      await this.ndjsonCommands.process(request.body as Readable, query, request, reply);
      return undefined;
    }
    const answer = { request, reply, isCheck: query.check };
    return this.#answer(answer, (handler, sender) =>
      handler.handleGroup(parseCommandGroup(parseBody(request)), sender),
    );
  }

  #answer({ request, reply, isCheck }: CommandAnswer, handle: HandleCommands): Promise<object> {
    return isCheck ? this.#check(request, reply, handle) : this.#record(request, reply, handle);
  }

  /** Records by `handle`, waits for what the client prefers, and sets status and headers. Returns the body. */
  async #record(request: Request, reply: Reply, handle: HandleCommands) {
    const recorded = await this.#decide(this.commandHandler, request, handle);
    const isAsync = hasPreference(request, 'respond-async');
    const receipt = hasPreference(request, 'return=representation')
      ? await this.#createReceipt(recorded)
      : undefined;
    const { stream, revision, entry, recordedAt, events, replayed } = recorded;
    const late = isAsync
      ? []
      : await this.readModels.waitForEntry(entry, { timeoutMs: READ_MODELS_TIMEOUT_MS, stream });
    const applied = [
      ...(isAsync ? ['respond-async'] : []),
      ...(receipt === undefined ? [] : ['return=representation']),
    ];
    const last = events.at(-1);
    void reply.code(last === undefined || replayed ? 200 : isAsync ? 202 : 201).headers({
      'ledger-entry': String(entry),
      etag: `"${revision}"`,
      'cache-control': 'no-store',
      'ledger-root': getTreeRoot(this.ledger, entry),
      ...(last && {
        location: formatPublicPath(request, `/events/${last.id}`),
        link: formatReceiptLink(request, last.id),
      }),
      ...(replayed && { 'idempotency-replayed': 'true' }),
      ...(applied.length > 0 && { 'preference-applied': applied.join(', ') }),
      ...(late.length > 0 && { 'ledger-behind': late.join(', ') }),
    });
    return { stream, revision, entry, recordedAt, events, ...(receipt !== undefined && { receipt }) };
  }

  /** Decides by `handle` what is recorded nowhere, and sets status and headers. Returns the body. */
  async #check(request: Request, reply: Reply, handle: HandleCommands) {
    const check = this.checks.open(request);
    try {
      const { stream, revision, events, replayed } = await this.#decide(check.handler, request, handle);
      void reply.code(200).headers({
        'ledger-entry': String(check.entry),
        'cache-control': 'no-store',
        ...(replayed && { 'idempotency-replayed': 'true' }),
      });
      return { stream, revision, events: replayed ? [] : events.map(toCheckedEvent) };
    } finally {
      await check.close();
    }
  }

  async #decide(handler: CommandHandler, request: Request, handle: HandleCommands): Promise<RecordedCommand> {
    const sender = parseCommandSender(request);
    // The body is parsed and the command decided in one piece of work; its outcome is awaited outside.
    const { outcome } = await this.turns.run(() => ({ outcome: handle(handler, sender) }));
    return getRecordedCommand(await outcome);
  }

  /** Undefined if no event was recorded or no checkpoint is available: the events are durable, a receipt can follow. */
  async #createReceipt({ events }: RecordedCommand): Promise<string | undefined> {
    const last = events.at(-1);
    return last && createReceipt(this.ledger, this.checkpoints, last).catch(() => undefined);
  }
}

const toCheckedEvent = ({ type, key }: RecordedCommand['events'][number]) => ({
  type,
  ...(key !== undefined && { key }),
});

/** Whether the Prefer header names this preference (RFC 7240). */
const hasPreference = (request: Request, preference: string): boolean =>
  (getHeader(request, 'prefer') ?? '')
    .split(',')
    .some((each) => each.split(';', 1)[0]?.replaceAll(/[\s"]/g, '').toLowerCase() === preference);

/** Whether the body is a stream of lines, which the body parser leaves unread. */
const isNdjson = ({ body }: Request): boolean => body instanceof Readable;
