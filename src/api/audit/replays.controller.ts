// Audits by replay, as jobs.
import type { ServerResponse } from 'node:http';
import { Controller, Get, type OnModuleDestroy, Param, Post, Req, Res } from '@nestjs/common';
import { type BehaviorSubject, lastValueFrom, skip } from 'rxjs';
import type { AuditRequest, AuditJob } from '../../audit/audit-jobs.js';
import { OpenedNode } from '../../node/open-node.js';
import type { Json } from '../../json/json.js';
import { InvalidCommand } from '../../eventsourcing/refusal.js';
import { canonicalJson } from '../../json/canonical-json.js';
import { Allow } from '../shared/access.guard.js';
import { toCommandProblem } from '../../commands/command-problems.js';
import { ProblemError } from '../../problems/problem-error.js';
import { assertKnownParameters, parseParameters } from '../shared/read-query.js';
import { getHeader, type Reply, type Request } from '../../http/request.js';
import { startStreaming } from '../../http/backpressure.js';
import { parseBody } from '../../commands/command-envelope.js';

/** How often a silent stream says that it is alive, in milliseconds. */
const HEARTBEAT_MS = 15_000;

@Controller('audit/replays')
@Allow('audit')
export class ReplaysController implements OnModuleDestroy {
  readonly #streams = new Set<ServerResponse>();
  #isStopping = false;

  constructor(private readonly book: OpenedNode) {}

  /** An audit may run for longer than the server waits for answers before it stops. */
  onModuleDestroy(): void {
    this.#isStopping = true;
    for (const stream of this.#streams) stream.end();
  }

  /** One audit at a time: while one runs, it is the answer, whatever was asked for. */
  @Post()
  async startAudit(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    assertKnownParameters(parseParameters(request), []);
    const { audits, readModels } = this.book;
    const asked = parseAuditRequest(
      request,
      audits.head,
      readModels.statuses().map(({ name }) => name),
    );
    const { running } = audits;
    if (!running) {
      if (this.#isStopping) throw new ProblemError('stopping', 'The server is stopping.', {}, 1);
      for (const name of asked.projections) readModels.position(name); // throws while nothing serves
    }
    const job = audits.start(asked);
    await reply
      .code(running ? 200 : 202)
      .headers({ location: `/audit/replays/${job.id}`, 'cache-control': 'no-store' })
      .type('application/json; charset=utf-8')
      .send(serializeJob(job));
  }

  @Get(':id')
  async getAudit(@Param('id') id: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    assertKnownParameters(parseParameters(request), []);
    const job = this.book.audits.find(id);
    if (!job)
      throw new ProblemError(
        'unknown-id',
        `There is no audit "${id}" here: the last 20 are remembered until the server stops.`,
      );
    if (request.method === 'GET' && getHeader(request, 'accept')?.includes('text/event-stream'))
      return this.#streamJob(job, reply);
    await reply
      .header('cache-control', 'no-store')
      .type('application/json; charset=utf-8')
      .send(serializeJob(job.value));
  }

  /** Its state whenever it has changed; ends with the last one. */
  async #streamJob(job: BehaviorSubject<AuditJob>, reply: Reply): Promise<void> {
    if (this.#isStopping) throw new ProblemError('stopping', 'The server is stopping.', {}, 1);
    const out = startStreaming(reply, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    this.#streams.add(out);
    const heartbeat = setInterval(() => out.write(': alive\n\n'), HEARTBEAT_MS);
    const write = (state: AuditJob): void => {
      // Whoever reads slowly misses what is past, but never the end.
      if (!out.writableEnded && (!out.writableNeedDrain || state.status !== 'running'))
        out.write(`data: ${serializeJob(state)}\n\n`);
    };
    write(job.value);
    const states = job.pipe(skip(1)).subscribe(write);
    try {
      await Promise.race([
        lastValueFrom(job, { defaultValue: undefined }),
        new Promise((resolve) => out.once('close', resolve).once('finish', resolve)),
      ]);
    } finally {
      states.unsubscribe();
      clearInterval(heartbeat);
      this.#streams.delete(out);
      out.end();
    }
  }
}

const serializeJob = (job: AuditJob): string => canonicalJson(job as unknown as Json);

/** What is to be audited; by default everything. Throws ProblemError, InvalidJson. */
function parseAuditRequest(request: Request, head: number, names: readonly string[]): AuditRequest {
  const isEmpty = !(request.body instanceof Buffer) || request.body.length === 0;
  const body = isEmpty ? {} : parseBody(request);
  const refuse = (pointer: string, code: string, detail: string): ProblemError =>
    toCommandProblem(new InvalidCommand([{ pointer, code, detail }]));
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw refuse('', 'invalid-value', 'must be an object, or nothing');
  const { entry = head, projections = names, ...others } = body as { readonly [member: string]: Json };
  const [stray] = Object.keys(others);
  if (stray !== undefined)
    throw refuse(
      `/${stray}`,
      'unknown-field',
      `"${stray}" is not a member here: there are entry, projections`,
    );
  if (typeof entry !== 'number' || !Number.isSafeInteger(entry) || entry < 0)
    throw refuse('/entry', 'invalid-value', 'must be the number of an entry');
  if (entry > head) throw refuse('/entry', 'not-yet', `the book has ${head} entries`);
  if (!Array.isArray(projections) || projections.length === 0)
    throw refuse('/projections', 'invalid-value', 'must be an array of names of read models');
  for (const [index, name] of (projections as readonly Json[]).entries())
    if (typeof name !== 'string' || !names.includes(name))
      throw refuse(`/projections/${index}`, 'invalid-value', `must be one of ${names.join(', ')}`);
  return { entry, projections: names.filter((name) => (projections as readonly Json[]).includes(name)) };
}
