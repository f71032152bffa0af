import { Controller, Get, Param, Query, Req, UseInterceptors } from '@nestjs/common';
import { publishedReadModels } from '../../../projections/index.js';
import { type AmendedEvent, applyAmendments, type Fact } from '../../eventsourcing/amendments.js';
import type { RecordedEvent } from '../../eventsourcing/message.js';
import type { Json } from '../../json/json.js';
import { type Entry, pickEventHeader, toRecordedEvent } from '../../ledger/entry.js';
import { Ledger } from '../../ledger/ledger.js';
import { ReadModels } from '../../read-models/read-models.js';
import { getLastGroupEntry } from '../../read-models/projecting/entry-batches.js';
import { Allow } from '../shared/access.guard.js';
import { formatAddress } from '../shared/permalinks.js';
import { AsOfResolver, parseMinimumEntryHeader } from '../shared/as-of.js';
import { LedgerAnswer } from '../shared/ledger-answer.js';
import { LedgerAnswerInterceptor } from '../shared/ledger-answer.interceptor.js';
import { LedgerStreamReader } from '../shared/ledger-stream-reader.js';
import { ProblemError } from '../../problems/problem-error.js';
import {
  type Cursor,
  encodeCursor,
  LIMIT_DEFAULT,
  readAsOf,
  readCursor,
  readLimit,
} from '../shared/query-parameters.js';
import { defineQueryClass, QueryPipe } from '../shared/query.pipe.js';
import { formatPublicPath } from '../../http/public-address.js';
import { addSuffix } from '../../http/representation.js';
import type { Request } from '../../http/request.js';
import { EventLoopScheduler } from '../shared/event-loop-scheduler.js';
import { identifyQueueClient } from '../shared/principal.js';
import { ChangeSerializer } from './change-serializer.js';
import { getToday } from '../shared/today.js';

class TrailQuery extends defineQueryClass({ asOf: readAsOf, limit: readLimit, cursor: readCursor }) {}

/** The events of a stream with their amendments, and what each changed. */
@Controller('audit')
@Allow('read')
@UseInterceptors(LedgerAnswerInterceptor)
export class TrailController {
  constructor(
    private readonly ledger: Ledger,
    private readonly readModels: ReadModels,
    private readonly asOfResolver: AsOfResolver,
    private readonly streamReader: LedgerStreamReader,
    private readonly turns: EventLoopScheduler,
  ) {}

  /** In the order in which they were recorded. */
  @Get('trail/:stream')
  async listTrail(
    @Param('stream') stream: string,
    @Query(QueryPipe) { asOf, limit, cursor }: TrailQuery,
    @Req() request: Request,
  ): Promise<LedgerAnswer> {
    const { ledger, readModels, asOfResolver } = this;
    const names = readModels
      .statuses()
      .map(({ name }) => name)
      .sort();
    await asOfResolver.waitForReadModels(names, parseMinimumEntryHeader(request));
    const until = asOfResolver.resolve(asOf) ?? cursor?.entry ?? ledger.getHead().entry;
    await asOfResolver.waitForRecordedEntry(until);
    await asOfResolver.waitForReadModels(names, until);

    const from = cursor ? parseNextRevision(cursor, until) : 0;
    const page = await this.streamReader.readPage(stream, { from, limit, until });
    const read = page.items.map(toRecordedEvent);
    const { facts, changes } = await this.#readChanges(read, names, request);
    const last = facts.at(-1);
    if (!last)
      throw new ProblemError('unknown-id', `As of entry ${until}, the book has no stream "${stream}".`);
    const parameters = new URLSearchParams({ asOf: String(until) });
    if (limit !== LIMIT_DEFAULT) parameters.set('limit', String(limit));
    parameters.set('cursor', encodeCursor({ entry: until, after: [last.revision] }));
    const next =
      page.hasMore || facts.length < read.length
        ? formatAddress(
            formatPublicPath(request, addSuffix(`/audit/trail/${encodeURIComponent(stream)}`)),
            parameters,
          )
        : null;
    const amended = await this.turns.run(() =>
      this.#applyAmendments(page.items.slice(0, facts.length), until),
    );
    const items = amended.map((one) => serializeTrailItem(one, changes.get(one.fact.entry) ?? []));
    const degraded = readModels
      .statuses()
      .filter(({ parked }) => parked.some((each) => each.stream === stream && each.entry <= until)).length;
    return new LedgerAnswer({ value: { items, next, entry: until }, entry: until, next, degraded });
  }

  /** These events with their amendments, and theirs; nothing else of the stream is read. */
  #applyAmendments(shown: readonly Entry[], until: number): readonly AmendedEvent[] {
    const found = new Map(shown.map((entry) => [entry.entry, entry]));
    // The map grows while it is read: an amendment is younger than what it amends.
    for (const entry of found.values())
      for (const amendment of this.ledger.findAmendments(entry))
        if (amendment.entry <= until) found.set(amendment.entry, amendment);
    const events = [...found.values()].sort((a, b) => a.revision - b.revision).map(toRecordedEvent);
    const revisions = new Set(shown.map(({ revision }) => revision));
    return applyAmendments(events).filter(({ fact }) => revisions.has(fact.revision));
  }

  /**
   * The first facts, with what each changed, by projection, list and key, as far as one page goes. The changes of a group
   * are those of its last entry.
   */
  async #readChanges(
    facts: readonly RecordedEvent[],
    names: readonly string[],
    request: Request,
  ): Promise<FactsWithChanges> {
    const client = identifyQueueClient(request);
    const { ledger, readModels } = this;
    const serializer = new ChangeSerializer(ledger, publishedReadModels, request);
    const day = getToday();
    const entries = facts
      .filter(({ entry, metadata }) => getLastGroupEntry(entry, metadata) === entry)
      .map(({ entry }) => entry);
    const changed = new Map<number, Json[]>(entries.map((entry) => [entry, []]));
    const found = [];
    // One after the other, so that one request is one in the queue of the reader threads.
    for (const name of names)
      found.push({ name, page: await readModels.history(name, 'changesAt', { entries, day }, client) });
    const end = Math.min(...found.map(({ page }) => page.end));
    for (const { name, page } of found)
      for (const change of page.changes)
        if (change.entry <= end) changed.get(change.entry)?.push(serializer.serialize(name, change));
    return { facts: facts.filter(({ entry }) => entry <= end), changes: changed };
  }
}

type FactsWithChanges = {
  readonly facts: readonly RecordedEvent[];
  /** By entry. */
  readonly changes: ReadonlyMap<number, readonly Json[]>;
};

/** Throws ProblemError if the cursor was made by another list. */
function parseNextRevision({ entry, after: [revision, ...more] }: Cursor, until: number): number {
  if (entry !== until || typeof revision !== 'number' || !(revision >= 0) || more.length > 0)
    throw new ProblemError('invalid-cursor', 'The cursor was made by another list.');
  return revision + 1;
}

/** Id and entry, by which a client finds the event. */
const toEventReference = ({ id, entry }: Fact): Json => ({ id, entry });

/** A fact as it was recorded. Only amendments that are not retracted themselves are shown. */
function serializeTrailItem({ fact, retractedBy }: AmendedEvent, changes: readonly Json[]): Json {
  const { entry, metadata } = fact;
  const { actor, command, group } = metadata;
  return {
    ...pickEventHeader(fact),
    actor,
    command,
    data: fact.original ?? fact.data,
    correctedBy: fact.correction ? toEventReference(fact.correction) : null,
    retractedBy: retractedBy ? toEventReference(retractedBy) : null,
    disputedBy: fact.disputes.map(toEventReference),
    corroboratedBy: fact.corroborations.map(toEventReference),
    ...(group && { group: { ...group, entry: getLastGroupEntry(entry, metadata) } }),
    changes,
  };
}
