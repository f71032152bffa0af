import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { Book } from '../../node/open-node.js';
import { type Amended, amended, AMENDMENTS, type Fact } from '../../eventsourcing/amendments.js';
import type { Json, Recorded } from '../../eventsourcing/message.js';
import { recorded } from '../../ledger/entry.js';
import { stampOf } from '../../read-models/projecting/entry-batches.js';
import { Allow } from '../shared/access.guard.js';
import { withQuery } from '../shared/permalinks.js';
import { awaitEntry, awaitRecorded, entryOf, leastEntryOf } from '../shared/as-of.js';
import { JsonAnswers } from '../shared/json-responder.js';
import { HttpProblem } from '../../problems/problems.js';
import {
  asOfOf,
  assertKnown,
  type Cursor,
  cursorOf,
  encodeCursor,
  integerOf,
  LIMIT_DEFAULT,
  LIMIT_MAX,
  parametersOf,
} from '../shared/read-query.js';
import type { Reply, Request } from '../../http/request.js';
import { ChangedRows } from './change-serializer.js';

/** What became of the facts of a stream. */
@Controller('audit')
export class TrailController {
  constructor(
    private readonly book: Book,
    private readonly jsonAnswers: JsonAnswers,
  ) {}

  /** In the order in which they were recorded. */
  @Get('trail/:stream')
  @Allow('read')
  async trail(@Param('stream') stream: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { ledger, readModels } = this.book;
    const given = parametersOf(request);
    assertKnown(given, ['asOf', 'limit', 'cursor']);
    const limit = integerOf('limit', given.get('limit'), LIMIT_DEFAULT, 1, LIMIT_MAX);
    const cursor = cursorOf(given.get('cursor'));
    const names = readModels
      .statuses()
      .map(({ name }) => name)
      .sort();
    await awaitEntry(this.book, names, leastEntryOf(request));
    const until = entryOf(ledger, asOfOf(given.get('asOf'))) ?? cursor?.entry ?? ledger.head().entry;
    await awaitRecorded(this.book, until);
    await awaitEntry(this.book, names, until);

    const found = ledger
      .stream(stream, cursor ? revisionAfter(cursor, until) : 0, limit + 1)
      .filter(({ entry }) => entry <= until)
      .map(recorded);
    const facts = found.slice(0, limit);
    const last = facts.at(-1);
    if (!last)
      throw new HttpProblem('unknown-id', `As of entry ${until}, the book has no stream "${stream}".`);
    const parameters = new URLSearchParams({ asOf: String(until) });
    if (limit !== LIMIT_DEFAULT) parameters.set('limit', String(limit));
    parameters.set('cursor', encodeCursor({ entry: until, after: [last.revision] }));
    const changes = await this.#changes(facts, names);
    const next =
      found.length > limit ? withQuery(`/audit/trail/${encodeURIComponent(stream)}`, parameters) : null;
    const items = this.#settled(stream, facts, until).map((one) =>
      shown(one, changes.get(one.fact.entry) ?? []),
    );
    const degraded = readModels
      .statuses()
      .filter(({ parked }) => parked.some((each) => each.stream === stream && each.entry <= until)).length;
    await this.jsonAnswers.send(
      request,
      reply,
      { items, next, entry: until },
      { entry: until, next, degraded },
    );
  }

  /** These facts with what is said of them: of the rest of the stream only amendments are looked at. */
  #settled(stream: string, facts: readonly Recorded[], until: number): readonly Amended[] {
    const amendments = this.book.ledger
      .ofTypes(stream, AMENDMENTS)
      .filter(({ entry }) => entry <= until)
      .map(recorded);
    const some = new Map([...facts, ...amendments].map((event) => [event.revision, event]));
    const shown = new Set(facts.map(({ revision }) => revision));
    return amended([...some.values()].sort((a, b) => a.revision - b.revision)).filter(({ fact }) =>
      shown.has(fact.revision),
    );
  }

  /** By entry, what it changed, by projection, table and key. What facts recorded together changed, the last has. */
  async #changes(
    facts: readonly Recorded[],
    names: readonly string[],
  ): Promise<ReadonlyMap<number, readonly Json[]>> {
    const { ledger, readModels } = this.book;
    const rows = new ChangedRows(ledger);
    const entries = facts
      .filter(({ entry, metadata }) => stampOf(entry, metadata) === entry)
      .map(({ entry }) => entry);
    const changed = new Map<number, Json[]>(entries.map((entry) => [entry, []]));
    const found = await Promise.all(
      names.map(async (name) => ({ name, changes: await readModels.history(name, 'changesAt', entries) })),
    );
    for (const { name, changes } of found)
      for (const change of changes) changed.get(change.entry)?.push(rows.shown(name, change));
    return changed;
  }
}

/** Throws HttpProblem if the cursor was made by another list. */
function revisionAfter({ entry, after: [revision, ...more] }: Cursor, until: number): number {
  if (entry !== until || typeof revision !== 'number' || !(revision >= 0) || more.length > 0)
    throw new HttpProblem('invalid-cursor', 'The cursor was made by another list.');
  return revision + 1;
}

/** An event by which others can find it. */
const named = ({ id, entry }: Fact): Json => ({ id, entry });

/** A fact as it was recorded. What was said of it counts only as far as it stands itself. */
function shown({ fact, retractedBy }: Amended, changes: readonly Json[]): Json {
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
    correctedBy: fact.correction ? named(fact.correction) : null,
    retractedBy: retractedBy ? named(retractedBy) : null,
    disputedBy: fact.disputes.map(named),
    ...(group && { group: { ...group, entry: stampOf(entry, metadata) } }),
    changes,
  };
}
