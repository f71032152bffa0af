import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { type BehaviorSubject, lastValueFrom, skip } from 'rxjs';
import { type AuditJob, AuditJobs, type AuditRequest } from '../../audit/audit-jobs.js';
import { toCommandProblem } from '../../commands/command-problems.js';
import { InvalidCommand } from '../../eventsourcing/refusal.js';
import { getRepresentation } from '../../http/representation.js';
import { formatPublicPath } from '../../http/public-address.js';
import type { Reply, Request } from '../../http/request.js';
import { formatServerSentEvent } from '../../http/sse-writer.js';
import { canonicalJson } from '../../json/canonical-json.js';
import { isObject } from '../../json/is-object.js';
import type { Json } from '../../json/json.js';
import { ProblemError } from '../../problems/problem-error.js';
import { ReadModels } from '../../read-models/read-models.js';
import { Allow } from '../shared/access.guard.js';
import { SseConnections } from '../shared/sse-connections.js';
import { EmptyQuery, QueryPipe } from '../shared/query.pipe.js';
import { parseBody } from '../shared/request-body.js';

/** Audits by replay, as jobs. */
@Controller('audit/replays')
@Allow('audit')
export class ReplaysController {
  constructor(
    private readonly auditJobs: AuditJobs,
    private readonly readModels: ReadModels,
    private readonly connections: SseConnections,
  ) {}

  /** One audit at a time: while one runs, it is the answer to every request. */
  @Post()
  async startAudit(
    @Query(QueryPipe) _query: EmptyQuery,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const { auditJobs, readModels } = this;
    const names = readModels.statuses().map(({ name }) => name);
    const audit = parseAuditRequest(request, auditJobs.head, names);
    const { running } = auditJobs;
    if (!running) {
      this.connections.assertNotStopping();
      for (const name of audit.projections) readModels.position(name); // throws while it has no live generation
    }
    const job = auditJobs.start(audit);
    await reply
      .code(running ? 200 : 202)
      .headers({
        location: formatPublicPath(request, `/audit/replays/${job.id}`),
        'cache-control': 'no-store',
      })
      .type('application/json; charset=utf-8')
      .send(serializeJob(job));
  }

  @Get(':id')
  @Allow('audit', { representations: ['json', 'event-stream'] })
  async getAudit(
    @Param('id') id: string,
    @Query(QueryPipe) _query: EmptyQuery,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const job = this.auditJobs.find(id);
    if (!job)
      throw new ProblemError(
        'unknown-id',
        `There is no audit "${id}" here: the last 20 are remembered until the server stops.`,
      );
    if (getRepresentation(request) === 'event-stream') return this.#streamJob(job, request, reply);
    await reply
      .header('cache-control', 'no-store')
      .type('application/json; charset=utf-8')
      .send(serializeJob(job.value));
  }

  /** Sends the state of the job whenever it changes; ends with the last one. */
  async #streamJob(job: BehaviorSubject<AuditJob>, request: Request, reply: Reply): Promise<void> {
    const stream = this.connections.open(request, reply);
    const send = (state: AuditJob): void => {
      // A slow client misses intermediate states, but never the last one.
      if (!stream.isBehind || state.status !== 'running')
        void stream.send(formatServerSentEvent({ data: serializeJob(state) }));
    };
    send(job.value);
    const states = job.pipe(skip(1)).subscribe(send);
    try {
      await Promise.race([lastValueFrom(job, { defaultValue: undefined }), stream.closed]);
    } finally {
      states.unsubscribe();
      stream.end();
    }
  }
}

const serializeJob = (job: AuditJob): string => canonicalJson(job as unknown as Json);

/** What to audit; by default everything. Throws ProblemError or InvalidJsonError. */
function parseAuditRequest(request: Request, head: number, names: readonly string[]): AuditRequest {
  const isEmpty = !(request.body instanceof Buffer) || request.body.length === 0;
  const body = isEmpty ? {} : parseBody(request);
  const refuse = (pointer: string, code: string, detail: string): ProblemError =>
    toCommandProblem(new InvalidCommand([{ pointer, code, detail }]));
  if (!isObject(body)) throw refuse('', 'invalid-value', 'must be an object, or nothing');
  const { entry = head, projections = names, ...others } = body;
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
