import { Readable } from 'node:stream';
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { CommandSender } from '../../commands/command-recorder.js';
import { OpenedNode } from '../../node/open-node.js';
import type { CommandOutcome } from '../../commands/command-outcome.js';
import { Allow } from '../shared/access.guard.js';
import { streamCommandResults } from './ndjson-commands.js';
import { createCommandSchema } from './command-schema.js';
import { getTreeRoot } from '../shared/json-responder.js';
import { getRecordedCommand } from '../../commands/command-problems.js';
import { ProblemError } from '../../problems/problem-error.js';
import { formatReceiptLink, createReceipt } from '../shared/receipts.js';
import { getHeader, type Reply, type Request } from '../../http/request.js';
import { parseBody, parseCommandGroup, parseSender } from '../../commands/command-envelope.js';

/** How long an answer waits for the read models, in milliseconds: a GET that follows sees what was recorded. */
const READ_MODELS_TIMEOUT_MS = 2_000;

@Controller('commands')
export class CommandsController {
  constructor(private readonly book: OpenedNode) {}

  @Get()
  @Allow('read')
  listCommands() {
    const commands = [...this.book.commandHandler.commands.values()];
    return {
      items: commands.map(({ name, about, event, aggregate }) => ({
        name,
        about,
        event,
        stream: aggregate?.category ?? null,
        schema: `/commands/${name}`,
      })),
    };
  }

  @Get(':name')
  @Allow('read')
  async getSchema(@Param('name') name: string, @Res() reply: Reply): Promise<void> {
    const command = this.book.commandHandler.commands.get(name);
    if (!command)
      throw new ProblemError('unknown-command', `There is no command "${name}"; GET /commands lists them.`);
    await reply.type('application/schema+json').send(JSON.stringify(createCommandSchema(command)));
  }

  @Post(':name')
  @Allow('record')
  async sendCommand(
    @Param('name') name: string,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    if (isNdjson(request))
      throw new ProblemError('unsupported-media-type', 'Lines of commands are taken by POST /commands.');
    const data = parseBody(request);
    await this.#respond(request, reply, (sender) =>
      this.book.commandHandler.handle({ command: name, data }, sender),
    );
  }

  /** A group as JSON, or any number of commands as NDJSON. */
  @Post()
  @Allow('record')
  async sendCommands(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    if (isNdjson(request)) return streamCommandResults(this.book, request.body as Readable, request, reply);
    const wordings = parseCommandGroup(parseBody(request));
    await this.#respond(request, reply, (sender) => this.book.commandHandler.handleGroup(wordings, sender));
  }

  async #respond(
    request: Request,
    reply: Reply,
    post: (sender: CommandSender) => Promise<CommandOutcome>,
  ): Promise<void> {
    const recording = getRecordedCommand(await post(parseSender(request)));
    const { stream, revision, entry, recordedAt, events, replayed } = recording;
    const last = events.at(-1);
    const async = hasPreference(request, 'respond-async');
    const wantsReceipt = last !== undefined && hasPreference(request, 'return=representation');
    // The facts are recorded, whatever becomes of this: a receipt that cannot be had now can be had later.
    const receipt = wantsReceipt ? await createReceipt(this.book, last).catch(() => undefined) : undefined;
    const behind = async
      ? []
      : await this.book.readModels.waitForEntry(entry, { timeoutMs: READ_MODELS_TIMEOUT_MS, stream });
    const applied = [
      ...(async ? ['respond-async'] : []),
      ...(receipt === undefined ? [] : ['return=representation']),
    ];
    await reply
      .code(last === undefined || replayed ? 200 : async ? 202 : 201)
      .headers({
        'ledger-entry': String(entry),
        etag: `"${revision}"`,
        'cache-control': 'no-store',
        'ledger-root': getTreeRoot(this.book, entry),
        ...(last && { location: `/events/${last.id}`, link: formatReceiptLink(last.id) }),
        ...(replayed && { 'idempotency-replayed': 'true' }),
        ...(applied.length > 0 && { 'preference-applied': applied.join(', ') }),
        ...(behind.length > 0 && { 'ledger-behind': behind.join(', ') }),
      })
      .type('application/json; charset=utf-8')
      .send(
        JSON.stringify({
          stream,
          revision,
          entry,
          recordedAt,
          events,
          ...(receipt !== undefined && { receipt }),
        }),
      );
  }
}

/** RFC 7240. */
const hasPreference = (request: Request, preference: string): boolean =>
  (getHeader(request, 'prefer') ?? '')
    .split(',')
    .some((each) => each.split(';', 1)[0]?.replaceAll(/[\s"]/g, '').toLowerCase() === preference);

/** Whether the body was left unread by the parser, as lines of any number are. */
const isNdjson = ({ body }: Request): boolean => body instanceof Readable;
