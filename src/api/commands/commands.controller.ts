import { Readable } from 'node:stream';
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { Book, type Sender } from '../../node/open-node.js';
import type { Outcome } from '../../commands/command-handler.js';
import { Allow } from '../shared/access.guard.js';
import { answerLines } from './ndjson-commands.js';
import { commandSchema } from './command-schema.js';
import { rootOf } from '../shared/json-responder.js';
import { recordingOf } from '../../commands/command-problems.js';
import { HttpProblem } from '../../problems/problems.js';
import { linkToReceipt, receiptOf } from '../shared/receipts.js';
import { header, type Reply, type Request } from '../../http/request.js';
import { bodyOf, groupOf, senderOf } from '../../commands/command-envelope.js';

/** How long an answer waits for the read models, in milliseconds: a GET that follows sees what was recorded. */
const WAIT_FOR_READ_MODELS = 2_000;

@Controller('commands')
export class CommandsController {
  constructor(private readonly book: Book) {}

  @Get()
  @Allow('read')
  list() {
    const commands = [...this.book.admission.commands.values()];
    return {
      items: commands.map(({ name, about, event, noun }) => ({
        name,
        about,
        event,
        stream: noun?.kind ?? null,
        schema: `/commands/${name}`,
      })),
    };
  }

  @Get(':name')
  @Allow('read')
  async schema(@Param('name') name: string, @Res() reply: Reply): Promise<void> {
    const command = this.book.admission.commands.get(name);
    if (!command)
      throw new HttpProblem('unknown-command', `There is no command "${name}"; GET /commands lists them.`);
    await reply.type('application/schema+json').send(JSON.stringify(commandSchema(command)));
  }

  @Post(':name')
  @Allow('record')
  async one(@Param('name') name: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    if (isLines(request))
      throw new HttpProblem('unsupported-media-type', 'Lines of commands are taken by POST /commands.');
    const data = bodyOf(request);
    await this.#answer(request, reply, (sender) => this.book.post({ command: name, data }, sender));
  }

  /** A group as JSON, or any number of commands as NDJSON. */
  @Post()
  @Allow('record')
  async many(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    if (isLines(request)) return answerLines(this.book, request.body as Readable, request, reply);
    const wordings = groupOf(bodyOf(request));
    await this.#answer(request, reply, (sender) => this.book.postGroup(wordings, sender));
  }

  async #answer(request: Request, reply: Reply, post: (sender: Sender) => Promise<Outcome>): Promise<void> {
    const recording = recordingOf(await post(senderOf(request)));
    const { stream, revision, entry, recordedAt, events, replayed } = recording;
    const last = events.at(-1);
    const async = prefers(request, 'respond-async');
    const wantsReceipt = last !== undefined && prefers(request, 'return=representation');
    // The facts are recorded, whatever becomes of this: a receipt that cannot be had now can be had later.
    const receipt = wantsReceipt ? await receiptOf(this.book, last).catch(() => undefined) : undefined;
    const behind = async
      ? []
      : await this.book.readModels.reached(entry, { timeoutMs: WAIT_FOR_READ_MODELS, stream });
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
        'ledger-root': rootOf(this.book, entry),
        ...(last && { location: `/events/${last.id}`, link: linkToReceipt(last.id) }),
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
const prefers = (request: Request, preference: string): boolean =>
  (header(request, 'prefer') ?? '')
    .split(',')
    .some((each) => each.split(';', 1)[0]?.replaceAll(/[\s"]/g, '').toLowerCase() === preference);

/** Whether the body was left unread by the parser, as lines of any number are. */
const isLines = ({ body }: Request): boolean => body instanceof Readable;
