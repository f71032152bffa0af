import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { OpenedNode } from '../../node/open-node.js';
import {
  type AmendedEvent,
  applyAmendments,
  AMENDMENT_TYPES,
  type Fact,
} from '../../eventsourcing/amendments.js';
import type { RecordedEvent } from '../../eventsourcing/message.js';
import type { Json } from '../../json/json.js';
import { toRecordedEvent } from '../../ledger/entry.js';
import { getLastGroupEntry } from '../../read-models/projecting/entry-batches.js';
import { Allow } from '../shared/access.guard.js';
import { formatAddress } from '../shared/permalinks.js';
import { waitForReadModels, waitForRecordedEntry, resolveAsOf, getMinimumEntry } from '../shared/as-of.js';
import { JsonResponder } from '../shared/json-responder.js';
import { ProblemError } from '../../problems/problem-error.js';
import {
  parseAsOf,
  assertKnownParameters,
  type Cursor,
  decodeCursor,
  encodeCursor,
  parseInteger,
  LIMIT_DEFAULT,
  LIMIT_MAX,
  parseParameters,
} from '../shared/read-query.js';
import type { Reply, Request } from '../../http/request.js';
import { ChangeSerializer } from './change-serializer.js';

/** What became of the facts of a stream. */
@Controller('audit')
export class TrailController {
  constructor(
    private readonly book: OpenedNode,
    private readonly jsonResponder: JsonResponder,
  ) {}

  /** In the order in which they were recorded. */
  @Get('trail/:stream')
  @Allow('read')
  async listTrail(
    @Param('stream') stream: string,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const { ledger, readModels } = this.book;
    const given = parseParameters(request);
    assertKnownParameters(given, ['asOf', 'limit', 'cursor']);
    const limit = parseInteger('limit', given.get('limit'), LIMIT_DEFAULT, 1, LIMIT_MAX);
    const cursor = decodeCursor(given.get('cursor'));
    const names = readModels
      .statuses()
      .map(({ name }) => name)
      .sort();
    await waitForReadModels(this.book, names, getMinimumEntry(request));
    const until =
      resolveAsOf(ledger, parseAsOf(given.get('asOf'))) ?? cursor?.entry ?? ledger.getHead().entry;
    await waitForRecordedEntry(this.book, until);
    await waitForReadModels(this.book, names, until);

    const found = ledger
      .readStream(stream, cursor ? parseNextRevision(cursor, until) : 0, limit + 1)
      .filter(({ entry }) => entry <= until)
      .map(toRecordedEvent);
    const facts = found.slice(0, limit);
    const last = facts.at(-1);
    if (!last)
      throw new ProblemError('unknown-id', `As of entry ${until}, the book has no stream "${stream}".`);
    const parameters = new URLSearchParams({ asOf: String(until) });
    if (limit !== LIMIT_DEFAULT) parameters.set('limit', String(limit));
    parameters.set('cursor', encodeCursor({ entry: until, after: [last.revision] }));
    const changes = await this.#readChanges(facts, names);
    const next =
      found.length > limit ? formatAddress(`/audit/trail/${encodeURIComponent(stream)}`, parameters) : null;
    const items = this.#applyAmendments(stream, facts, until).map((one) =>
      serializeTrailItem(one, changes.get(one.fact.entry) ?? []),
    );
    const degraded = readModels
      .statuses()
      .filter(({ parked }) => parked.some((each) => each.stream === stream && each.entry <= until)).length;
    await this.jsonResponder.send(
      request,
      reply,
      { items, next, entry: until },
      { entry: until, next, degraded },
    );
  }

  /** These facts with what is said of them: of the rest of the stream only amendments are looked at. */
  #applyAmendments(stream: string, facts: readonly RecordedEvent[], until: number): readonly AmendedEvent[] {
    const amendments = this.book.ledger
      .readStreamByTypes(stream, AMENDMENT_TYPES)
      .filter(({ entry }) => entry <= until)
      .map(toRecordedEvent);
    const some = new Map([...facts, ...amendments].map((event) => [event.revision, event]));
    const shown = new Set(facts.map(({ revision }) => revision));
    return applyAmendments([...some.values()].sort((a, b) => a.revision - b.revision)).filter(({ fact }) =>
      shown.has(fact.revision),
    );
  }

  /** By entry, what it changed, by projection, table and key. What facts recorded together changed, the last has. */
  async #readChanges(
    facts: readonly RecordedEvent[],
    names: readonly string[],
  ): Promise<ReadonlyMap<number, readonly Json[]>> {
    const { ledger, readModels } = this.book;
    const serializer = new ChangeSerializer(ledger, this.book.publishedReadModels);
    const day = new Date().toISOString().slice(0, 10);
    const entries = facts
      .filter(({ entry, metadata }) => getLastGroupEntry(entry, metadata) === entry)
      .map(({ entry }) => entry);
    const changed = new Map<number, Json[]>(entries.map((entry) => [entry, []]));
    const found = await Promise.all(
      names.map(async (name) => ({
        name,
        changes: await readModels.history(name, 'changesAt', { entries, day }),
      })),
    );
    for (const { name, changes } of found)
      for (const change of changes) changed.get(change.entry)?.push(serializer.serialize(name, change));
    return changed;
  }
}

/** Throws ProblemError if the cursor was made by another list. */
function parseNextRevision({ entry, after: [revision, ...more] }: Cursor, until: number): number {
  if (entry !== until || typeof revision !== 'number' || !(revision >= 0) || more.length > 0)
    throw new ProblemError('invalid-cursor', 'The cursor was made by another list.');
  return revision + 1;
}

/** An event by which others can find it. */
const toEventReference = ({ id, entry }: Fact): Json => ({ id, entry });

/** A fact as it was recorded. What was said of it counts only as far as it stands itself. */
function serializeTrailItem({ fact, retractedBy }: AmendedEvent, changes: readonly Json[]): Json {
  const { entry, id, stream, revision, type, recordedAt, metadata } = fact;
  const { actor, command, group } = metadata;
  return {
    entry,
    id,
    stream,
    revision,
    type,
    recordedAt,
    actor,
    command,
    data: fact.original ?? fact.data,
    correctedBy: fact.correction ? toEventReference(fact.correction) : null,
    retractedBy: retractedBy ? toEventReference(retractedBy) : null,
    disputedBy: fact.disputes.map(toEventReference),
    ...(group && { group: { ...group, entry: getLastGroupEntry(entry, metadata) } }),
    changes,
  };
}
