import { hash, randomUUID } from 'node:crypto';
import { parse as parseUuid, v5 as uuidv5 } from 'uuid';
import { resolveFactReference, isAmendment } from '../eventsourcing/amendments.js';
import type { AnyAggregate, RelatedState } from '../eventsourcing/aggregate.js';
import type { ChangedData } from '../eventsourcing/decide-amendment.js';
import { type Decision, decideCommands, RefusedCommand } from '../eventsourcing/decide-command.js';
import { getInnerId } from '../eventsourcing/inner-ids.js';
import type { AnyCommand, EventMetadata, RecordedEvent } from '../eventsourcing/message.js';
import {
  type FieldError,
  FieldErrorList,
  InvalidCommand,
  Refusal,
  refuse,
} from '../eventsourcing/refusal.js';
import type { StreamState } from '../eventsourcing/stream-state.js';
import { getNewestVersion, type Upcasters } from '../eventsourcing/upcasters.js';
import { canonicalJson } from '../json/canonical-json.js';
import { type Entry, toRecordedEvent } from '../ledger/entry.js';
import type { Ledger } from '../ledger/ledger.js';
import { createEntryUpcaster } from '../ledger/entry-upcasting.js';
import { generateSalt } from '../ledger/salt.js';
import { type Append, type AppendOutcome, type Sequencer, UnavailableError } from '../ledger/sequencer.js';
import type { NoOpRequests } from '../ledger/no-op-requests.js';
import { type CommandOutcome, type RecordedCommand, RevisionMismatch } from './command-outcome.js';
import { hashText, StreamStateCache } from './stream-state-cache.js';

/** Validated commands of one stream. All of them are recorded together or none. */
type CommandRequest = {
  readonly stream: string;
  readonly aggregate: AnyAggregate;
  readonly commands: readonly AnyCommand[];
  /** Where the data of each command are in the request (RFC 6901). */
  readonly pointers: readonly string[];
  /** The streams that the commands refer to. */
  readonly references: readonly {
    readonly pointer: string;
    readonly value: string;
    readonly stream: string;
  }[];
  readonly actor: string;
  readonly correlationId: string;
  readonly idempotencyKey?: string;
  /** Whether the stream may have this revision, by the condition of the client; -1 if it does not exist. */
  readonly isExpectedRevision?: (revision: number) => boolean;
  /** For the migration of an older record. */
  readonly recordedAt?: string;
};

/** The sender of commands, and the conditions of the request. */
export type CommandSender = Pick<
  CommandRequest,
  'actor' | 'correlationId' | 'idempotencyKey' | 'isExpectedRevision' | 'recordedAt'
>;

/** The namespace (RFC 9562) of event ids. Never changes, or a repeated command would be recorded twice. */
const EVENT_ID_NAMESPACE = parseUuid('5b0c9b2e-3a3f-5d0e-9a53-6d1f6f1a7c11');

/** How often a command is decided again after another writer's append to the same stream came first. */
const ATTEMPTS_MAX = 20;

/** The errors of what a change makes of a fact, and the streams it refers to. `pointer`: where the change is. */
type ChangeValidator = (
  changed: ChangedData,
  pointer: string,
) => { readonly errors: FieldErrorList; readonly references: CommandRequest['references'] };

type RequestIdentity = { readonly key: string; readonly body: string };

/** An answer that may be given only once, and only if, the in-flight appends that it depends on become durable. */
type PendingOutcome = {
  readonly answer: () => CommandOutcome;
  readonly dependencies: readonly Promise<boolean>[];
};
type PendingAppend = {
  readonly stream: string;
  readonly events: readonly RecordedEvent[];
  readonly outcome: Promise<AppendOutcome>;
  readonly next: StreamState;
};

/** One attempt at a request. */
type Attempt = {
  readonly request: CommandRequest;
  readonly identity: RequestIdentity | undefined;
  /** Every stream that the decision has read: its own and others. */
  readonly readStreams: Set<string>;
  /** In milliseconds of `performance.now()`, for all attempts at the request. */
  readonly requestedAtMs: number;
  readonly getEventId: (index: number) => string;
};

/** Load, fold, decide, append, retry, for every command: the only part of the write side that appends. */
export class CommandRecorder {
  readonly #inFlight = new Map<
    string,
    { readonly body: string; readonly outcome: Promise<CommandOutcome> }
  >();
  readonly streamStates: StreamStateCache;

  constructor(
    private readonly ledger: Ledger,
    private readonly sequencer: Pick<Sequencer, 'append'>,
    private readonly noOpRequests: NoOpRequests,
    private readonly upcasters: Upcasters,
    private readonly validateChange: ChangeValidator,
    aggregates: readonly AnyAggregate[],
    cachedEventsMax?: number,
  ) {
    this.streamStates = new StreamStateCache(
      ledger,
      createEntryUpcaster(upcasters),
      aggregates,
      cachedEventsMax,
    );
  }

  /**
   * Resolves once the outcome is durable: the events, the earlier events that the commands repeat, or the events that
   * a refusal rests on. Rejects with UnavailableError. Requests are decided in the order of the calls.
   */
  record(request: CommandRequest): Promise<CommandOutcome> {
    if (request.idempotencyKey === undefined) return this.#recordWithRetries(request, undefined);
    const identity = {
      key: hash('sha256', canonicalJson([request.actor, request.idempotencyKey])),
      body: hash(
        'sha256',
        canonicalJson(request.commands.map(({ name, data }) => ({ command: name, data }))),
      ),
    };
    const inFlight = this.#inFlight.get(identity.key);
    if (inFlight) {
      if (inFlight.body !== identity.body) return Promise.resolve(refuseReusedKey());
      return inFlight.outcome.then((outcome) =>
        'events' in outcome ? { ...outcome, replayed: true } : outcome,
      );
    }
    const outcome = this.#recordWithRetries(request, identity).finally(() =>
      this.#inFlight.delete(identity.key),
    );
    this.#inFlight.set(identity.key, { body: identity.body, outcome });
    return outcome;
  }

  async #recordWithRetries(
    request: CommandRequest,
    identity: RequestIdentity | undefined,
  ): Promise<CommandOutcome> {
    const requestedAtMs = performance.now();
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const earlier = identity && this.#findEarlierOutcome(identity);
      if (earlier) return earlier;
      // Decides and appends without an await in between: what the decision has read cannot change before the append.
      const pending = this.#decide(createAttempt(request, identity, requestedAtMs));
      if ('answer' in pending) {
        if ((await Promise.all(pending.dependencies)).every(Boolean))
          return this.#rememberUnchanged(pending.answer(), identity);
        continue;
      }
      const result = await pending.outcome;
      if (result.outcome === 'out-of-time') return rejectRecordedAt(result.recordedAt);
      if (result.outcome === 'appended') return this.#toRecordedCommand(pending, result);
    }
    throw new UnavailableError(
      'busy',
      `Other writers keep appending to ${request.stream}; send the command again.`,
    );
  }

  #findEarlierOutcome({ key, body }: RequestIdentity): CommandOutcome | undefined {
    const entries = this.ledger.findByRequestKey(key);
    const last = entries.at(-1);
    if (!last) return this.#findUnchangedOutcome({ key, body });
    if (toRecordedEvent(last).metadata.request?.body !== body) return refuseReusedKey();
    return {
      stream: last.stream,
      revision: last.revision,
      entry: last.entry,
      recordedAt: last.recordedAt,
      events: entries.map((entry) => this.#summarizeEvent(toRecordedEvent(entry))),
      replayed: true,
    };
  }

  /** The answer of an earlier request that changed nothing, however much has changed since. */
  #findUnchangedOutcome({ key, body }: RequestIdentity): CommandOutcome | undefined {
    const known = this.noOpRequests.find(key);
    // In a ledger that was restored to before the request, its entry is missing or another one.
    const [last] = known ? this.ledger.readStream(known.stream, known.revision, 1) : [];
    if (!known || last?.entry !== known.entry) return undefined;
    return known.body === body ? toUnchangedOutcome(last, true) : refuseReusedKey();
  }

  /** Stores the key of an answer that recorded nothing before the answer is given. Refusals are decided again. */
  async #rememberUnchanged(
    outcome: CommandOutcome,
    identity: RequestIdentity | undefined,
  ): Promise<CommandOutcome> {
    if (!identity || !('events' in outcome)) return outcome;
    const { stream, revision, entry } = outcome;
    const stored = await this.noOpRequests.add({ ...identity, stream, revision, entry });
    const isOwn = stored.body === identity.body && stored.entry === entry && stored.stream === stream;
    return isOwn ? outcome : (this.#findUnchangedOutcome(identity) ?? outcome);
  }

  #decide(attempt: Attempt): PendingOutcome | PendingAppend {
    const { request, readStreams, getEventId } = attempt;
    const { stream, aggregate, commands, isExpectedRevision } = request;
    const missing = this.#findMissingReferences(attempt, request.references);
    if (missing) return this.#answerWhenDurable(attempt, () => missing);

    const before = this.streamStates.getState(stream, aggregate);
    if (isExpectedRevision && !isExpectedRevision(before.revision))
      return this.#answerWhenDurable(
        attempt,
        () => new RevisionMismatch(before.revision < 0 ? null : before.revision),
      );

    const decision = decideCommands(aggregate, commands, before, {
      stream,
      relatedState: this.#createRelatedState(aggregate, readStreams),
      events: this.streamStates.getEvents(stream),
      getEventId,
      hashText,
      checkChange: (changed, index) => this.#checkChange(attempt, changed, index),
    });
    if (decision instanceof InvalidCommand) return this.#answerWhenDurable(attempt, () => decision);
    if (decision instanceof RefusedCommand)
      return this.#answerWhenDurable(attempt, () => addPointer(decision, request.pointers));
    if (decision.events.length === 0)
      return this.#answerWhenDurable(attempt, () => this.#toUnchangedOutcome(stream, before.revision));

    try {
      return this.#append(attempt, before.revision, decision);
    } catch (error) {
      this.streamStates.evict(stream); // the cache may hold the state of events that were never appended
      throw error;
    }
  }

  #checkChange(attempt: Attempt, changed: ChangedData, index: number): InvalidCommand | undefined {
    const pointer = `${attempt.request.pointers[index] ?? ''}/change`;
    const { errors, references } = this.validateChange(changed, pointer);
    return InvalidCommand.from(errors) ?? this.#findMissingReferences(attempt, references);
  }

  #findMissingReferences(
    { request, readStreams }: Attempt,
    references: CommandRequest['references'],
  ): InvalidCommand | undefined {
    const isNewStream = startsStream(request);
    const errors = new FieldErrorList();
    for (const reference of references) {
      readStreams.add(reference.stream);
      const isStartedHere = reference.stream === request.stream && isNewStream;
      if (!this.streamStates.exists(reference.stream) && !isStartedHere)
        errors.add(toUnknownReferenceError(reference));
    }
    return InvalidCommand.from(errors);
  }

  #answerWhenDurable({ readStreams }: Attempt, answer: () => CommandOutcome): PendingOutcome {
    const dependencies = [...readStreams].flatMap((name) => this.streamStates.waitUntilDurable(name) ?? []);
    return { answer, dependencies };
  }

  #append(attempt: Attempt, expectedRevision: number, decision: Decision): PendingAppend {
    const { request, identity, readStreams, requestedAtMs } = attempt;
    const { stream, recordedAt } = request;
    const events = this.#toRecordedEvents(attempt, expectedRevision, decision);
    const append: Append = {
      stream,
      expectedRevision,
      events: events.map(({ id, type, data, metadata }, index) => ({
        id,
        type,
        data: decision.events[index]?.canonical ?? canonicalJson(data),
        metadata: canonicalJson(metadata),
        requestKey: identity?.key ?? null,
      })),
      requires: [...readStreams].filter(
        (name) => name !== stream && this.streamStates.waitUntilDurable(name) !== undefined,
      ),
      ...(recordedAt !== undefined && { recordedAt }),
      requestedAtMs,
    };
    const outcome = this.sequencer.append(append);
    const durable = outcome.then(
      (result) => result.outcome === 'appended',
      () => false,
    );
    // The outcome is passed on only after the cache has dropped a failed append, or each command queued behind it would
    // be decided again on a state that still contains it.
    const isKnown = this.streamStates.advance(stream, decision.next, events, durable);
    return { stream, events, outcome: isKnown.then(() => outcome), next: decision.next };
  }

  /** The decided events as the ledger will return them, but for entry and time. */
  #toRecordedEvents(
    { request, identity, getEventId }: Attempt,
    expectedRevision: number,
    decision: Decision,
  ): readonly RecordedEvent[] {
    const { stream, actor, correlationId } = request;
    const groupSize = decision.events.length;
    const events: RecordedEvent[] = [];
    for (const [index, { command, event: decided }] of decision.events.entries()) {
      const metadata: EventMetadata = {
        actor,
        command,
        correlationId,
        salt: generateSalt(),
        ...(identity && { request: identity }),
        ...(groupSize > 1 && { group: { index, of: groupSize } }),
      };
      const revision = expectedRevision + 1 + index;
      const event = {
        ...decided,
        id: getEventId(index),
        stream,
        revision,
        metadata,
        entry: 0,
        recordedAt: '',
      };
      const amended = isAmendment(event) ? this.#readAmendedEvents(event, events) : [];
      const version = getNewestVersion(event, this.upcasters, amended);
      events.push(version === 1 ? event : { ...event, metadata: { ...metadata, version } });
    }
    return events;
  }

  /** The events that an amendment amends, through amendments of amendments. `added` are those of the same append. */
  #readAmendedEvents(amendment: RecordedEvent, added: readonly RecordedEvent[]): readonly RecordedEvent[] {
    const stored = this.streamStates.getEvents(amendment.stream);
    const found: RecordedEvent[] = [];
    for (let event: RecordedEvent | undefined = amendment; event && isAmendment(event);) {
      const name: string = event.data.fact;
      const revision: number | undefined = resolveFactReference(name, added) ?? stored.findRevision(name);
      event = added.find((each) => each.revision === revision) ?? stored.get(revision ?? -1);
      if (event) found.unshift(event);
    }
    return found;
  }

  /** The states of other streams that the rules of an aggregate read. Remembers which streams were read. */
  #createRelatedState(aggregate: AnyAggregate, readStreams: Set<string>): RelatedState {
    const createReader = (category: string) => (id: string) => {
      const stream = `${category}-${id}`;
      const related = this.streamStates.findAggregate(stream);
      readStreams.add(stream);
      return related && this.streamStates.exists(stream)
        ? this.streamStates.getState(stream, related).state
        : undefined;
    };
    return {
      ...Object.fromEntries((aggregate.reads ?? []).map((category) => [category, createReader(category)])),
      findStreams: (category, field, value) => this.streamStates.findStreams(category, field, value),
    };
  }

  #toRecordedCommand(
    { stream, events, next: { revision } }: PendingAppend,
    { entry: first, recordedAt }: AppendOutcome & { outcome: 'appended' },
  ): RecordedCommand {
    return {
      stream,
      revision,
      entry: first + events.length - 1,
      recordedAt,
      events: events.map((event, index) => this.#summarizeEvent({ ...event, entry: first + index })),
      replayed: false,
    };
  }

  #summarizeEvent(event: RecordedEvent): RecordedCommand['events'][number] {
    const { id, type, entry, stream } = event;
    const aggregate = this.streamStates.findAggregate(stream);
    const key = aggregate && getInnerId(aggregate, event);
    return { id, type, entry, ...(key !== undefined && { key }) };
  }

  /** The commands changed nothing: the stream as it is. */
  #toUnchangedOutcome(stream: string, revision: number): RecordedCommand {
    const [last] = this.ledger.readStream(stream, revision, 1);
    if (!last) throw new Error(`${stream}@${revision} is durable but cannot be read`);
    return toUnchangedOutcome(last, false);
  }
}

const toUnchangedOutcome = (
  { stream, revision, entry, recordedAt }: Entry,
  replayed: boolean,
): RecordedCommand => ({ stream, revision, entry, recordedAt, events: [], replayed });

/** Event ids follow from the idempotency key, so that a request that is sent again yields the same ids. */
function createAttempt(
  request: CommandRequest,
  identity: RequestIdentity | undefined,
  requestedAtMs: number,
): Attempt {
  const { actor, stream, idempotencyKey } = request;
  const requestId = idempotencyKey ?? randomUUID();
  const getEventId = (index: number): string =>
    uuidv5(Buffer.from(canonicalJson([actor, requestId, stream, index])), EVENT_ID_NAMESPACE);
  return { request, identity, readStreams: new Set([stream]), requestedAtMs, getEventId };
}

const toUnknownReferenceError = ({ pointer, value }: { pointer: string; value: string }): FieldError => ({
  pointer,
  code: 'unknown-reference',
  detail: `There is no "${value}": register it first, or correct the id.`,
});

/** Whether the first command needs no existing stream, so that the commands after it may refer to the stream itself. */
const startsStream = ({ stream, pointers, references }: CommandRequest): boolean =>
  !references.some(
    (reference) => reference.stream === stream && reference.pointer.startsWith(`${pointers[0] ?? ''}/`),
  );

/**
 * A refusal with the place of what was refused in the request; of a single command it is known. Only the rules of the
 * aggregate find a reference to something missing inside a stream, and an id that is not for new ones.
 */
function addPointer(refused: RefusedCommand, pointers: readonly string[]): RefusedCommand | InvalidCommand {
  const { code, detail, index } = refused;
  const pointer = `${pointers[index ?? 0] ?? ''}${refused.pointer ?? ''}`;
  if (code === 'unknown-reference' || code === 'invalid-id')
    return new InvalidCommand([{ pointer, code, detail }]);
  return new RefusedCommand(refuse(code, detail, index === undefined ? '' : pointer), index);
}

const refuseReusedKey = (): Refusal =>
  refuse(
    'idempotency-key-reused',
    'This Idempotency-Key was used before with another command: use a new key.',
  );

const rejectRecordedAt = (head: string | null): InvalidCommand =>
  new InvalidCommand([
    {
      pointer: '/recordedAt',
      code: 'invalid-value',
      detail: `recordedAt must lie between that of the last entry (${head ?? 'none yet'}) and the current time.`,
    },
  ]);
