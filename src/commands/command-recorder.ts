import { hash, randomUUID } from 'node:crypto';
import { parse as uuidBytes, v5 as uuidv5 } from 'uuid';
import {
  findCommandName,
  type Decision,
  decideCommands,
  RefusedCommand,
  type StreamState,
} from '../eventsourcing/decide-command.js';
import { isAmendment } from '../eventsourcing/amendments.js';
import type { AnyCommand, EventMetadata, RecordedEvent } from '../eventsourcing/message.js';
import type { AnyAggregate, RelatedState } from '../eventsourcing/aggregate.js';
import { InvalidCommand, Refusal, refuse } from '../eventsourcing/refusal.js';
import { getNewestVersion, type Upcasters } from '../eventsourcing/upcasters.js';
import { canonicalJson } from '../json/canonical-json.js';
import { toRecordedEvent } from '../ledger/entry.js';
import type { Ledger } from '../ledger/ledger.js';
import { createEventReader } from '../ledger/event-reader.js';
import { generateSalt } from '../ledger/salt.js';
import { type Append, type AppendOutcome, type Sequencer, UnavailableError } from '../ledger/sequencer.js';
import { type CommandOutcome, type RecordedCommand, RevisionMismatch } from './command-outcome.js';
import { StreamStateCache, fingerprintFunctions } from './stream-state-cache.js';

/** Commands of one stream, checked for form. All of them are recorded together or none. */
export type CommandRequest = {
  readonly stream: string;
  readonly aggregate: AnyAggregate;
  readonly commands: readonly AnyCommand[];
  /** Where the data of each command stand in what the client sent (RFC 6901). */
  readonly pointers: readonly string[];
  /** What the commands refer to, in other streams. */
  readonly references: readonly {
    readonly pointer: string;
    readonly value: string;
    readonly stream: string;
  }[];
  readonly actor: string;
  readonly correlationId: string;
  readonly idempotencyKey?: string;
  /** The revision that the client believes the stream has. */
  readonly ifRevision?: number;
  /** For the migration of an old book. */
  readonly recordedAt?: string;
};

/** The sender of commands, and the conditions of the request. */
export type CommandSender = Pick<
  CommandRequest,
  'actor' | 'correlationId' | 'idempotencyKey' | 'ifRevision' | 'recordedAt'
>;

/** The namespace (RFC 9562) of event ids. Never changes, or a repeated command would be recorded twice. */
const EVENT_ID_NAMESPACE = uuidBytes('5b0c9b2e-3a3f-5d0e-9a53-6d1f6f1a7c11');

/** How often a command is decided again because others were faster. */
const ATTEMPTS_MAX = 20;

type RequestIdentity = { readonly key: string; readonly body: string };
/** An answer, to be given only if what it stood on becomes durable, and then. */
type PendingOutcome = {
  readonly answer: () => CommandOutcome;
  readonly dependencies: readonly Promise<boolean>[];
};
type PendingAppend = {
  readonly append: Append;
  readonly outcome: Promise<AppendOutcome>;
  readonly next: StreamState;
};

/** Load, fold, decide, append, retry: the only imperative part of the write side, for every command there is. */
export class CommandRecorder {
  readonly #inFlight = new Map<
    string,
    { readonly body: string; readonly outcome: Promise<CommandOutcome> }
  >();
  readonly streamStates: StreamStateCache;

  constructor(
    private readonly ledger: Ledger,
    private readonly sequencer: Sequencer,
    private readonly upcasters: Upcasters,
    aggregates: readonly AnyAggregate[],
  ) {
    this.streamStates = new StreamStateCache(ledger, createEventReader(upcasters), aggregates);
  }

  /**
   * Resolves once the answer is durable: recorded, standing already, or refused because of durable facts. Rejects
   * with Unavailable. Requests are decided in the order of the calls.
   */
  record(request: CommandRequest): Promise<CommandOutcome> {
    if (request.idempotencyKey === undefined) return this.#record(request, undefined);
    const identity = {
      key: hash('sha256', canonicalJson([request.actor, request.idempotencyKey])),
      body: hash(
        'sha256',
        canonicalJson(request.commands.map(({ name, data }) => ({ command: name, data }))),
      ),
    };
    const underWay = this.#inFlight.get(identity.key);
    if (underWay) {
      if (underWay.body !== identity.body) return Promise.resolve(refuseReusedKey());
      return underWay.outcome.then((outcome) =>
        'events' in outcome ? { ...outcome, replayed: true } : outcome,
      );
    }
    const outcome = this.#record(request, identity).finally(() => this.#inFlight.delete(identity.key));
    this.#inFlight.set(identity.key, { body: identity.body, outcome });
    return outcome;
  }

  async #record(request: CommandRequest, identity: RequestIdentity | undefined): Promise<CommandOutcome> {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const earlier = identity && this.#findEarlierOutcome(identity);
      if (earlier) return earlier;
      // No await between looking and appending: what is decided on cannot change in between.
      const decided = this.#decide(request, identity);
      if ('answer' in decided) {
        if ((await Promise.all(decided.dependencies)).every(Boolean)) return decided.answer();
        continue;
      }
      const { append, outcome, next } = decided;
      const result = await outcome;
      if (result.outcome === 'out-of-time') return rejectRecordedAt(result.recordedAt);
      if (result.outcome === 'appended') return toRecordedCommand(append, next.revision, result);
    }
    throw new UnavailableError('busy', `Others keep writing to ${request.stream}; send the command again.`);
  }

  #findEarlierOutcome({ key, body }: RequestIdentity): CommandOutcome | undefined {
    const entries = this.ledger.findByRequestKey(key);
    const last = entries.at(-1);
    if (!last) return undefined;
    if (toRecordedEvent(last).metadata.request?.body !== body) return refuseReusedKey();
    return {
      stream: last.stream,
      revision: last.revision,
      entry: last.entry,
      recordedAt: last.recordedAt,
      events: entries.map(({ id, type, entry }) => ({ id, type, entry })),
      replayed: true,
    };
  }

  #decide(request: CommandRequest, identity: RequestIdentity | undefined): PendingOutcome | PendingAppend {
    const { stream, aggregate, commands } = request;
    const looked = new Set([stream]);
    const answered = (answer: CommandOutcome | (() => CommandOutcome)): PendingOutcome => ({
      answer: typeof answer === 'function' ? answer : () => answer,
      dependencies: [...looked].flatMap((name) => this.streamStates.waitUntilDurable(name) ?? []),
    });

    const missing = request.references.filter(({ stream: referred }) => {
      looked.add(referred);
      return !this.streamStates.exists(referred) && !(referred === stream && startsStream(request));
    });
    const [first, ...others] = missing.map(toUnknownReferenceError);
    if (first) return answered(new InvalidCommand([first, ...others]));

    const before = this.streamStates.getState(stream, aggregate);
    if (request.ifRevision !== undefined && request.ifRevision !== before.revision)
      return answered(new RevisionMismatch(before.revision < 0 ? null : before.revision));

    const requestId = request.idempotencyKey ?? randomUUID();
    const getEventId = (index: number): string =>
      uuidv5(Buffer.from(canonicalJson([request.actor, requestId, stream, index])), EVENT_ID_NAMESPACE);
    const decision = decideCommands(aggregate, commands, before, {
      stream,
      relatedState: this.#createRelatedState(aggregate, looked),
      readEvents: () => this.streamStates.readEvents(stream),
      getEventId,
      ...fingerprintFunctions,
    });
    if (decision instanceof RefusedCommand) return answered(addPointer(decision, request.pointers));
    if (decision.events.length === 0)
      return answered(() => this.#toUnchangedOutcome(stream, before.revision));

    try {
      return this.#append(request, identity, before.revision, decision, looked, getEventId);
    } catch (error) {
      this.streamStates.evict(stream); // the decision has taken its state over already
      throw error;
    }
  }

  #append(
    request: CommandRequest,
    identity: RequestIdentity | undefined,
    expectedRevision: number,
    decision: Decision,
    looked: ReadonlySet<string>,
    eventId: (index: number) => string,
  ): PendingAppend {
    const { stream, aggregate } = request;
    const of = decision.events.length;
    const before = decision.events.some(isAmendment) ? this.streamStates.readEvents(stream) : [];
    const events: RecordedEvent[] = [];
    for (const [index, said] of decision.events.entries()) {
      const metadata: EventMetadata = {
        actor: request.actor,
        command: findCommandName(aggregate, said.type),
        correlationId: request.correlationId,
        salt: generateSalt(),
        ...(identity && { request: identity }),
        ...(of > 1 && { group: { index, of } }),
      };
      const revision = expectedRevision + 1 + index;
      const event = { ...said, id: eventId(index), stream, revision, metadata, entry: 0, recordedAt: '' };
      const version = getNewestVersion(event, this.upcasters, [...before, ...events]);
      events.push(version === 1 ? event : { ...event, metadata: { ...metadata, version } });
    }
    const append: Append = {
      stream,
      expectedRevision,
      events: events.map(({ id, type, data, metadata }) => ({
        id,
        type,
        data: fingerprintFunctions.canonical(data),
        metadata: canonicalJson(metadata),
        requestKey: identity?.key ?? null,
      })),
      requires: [...looked].filter(
        (name) => name !== stream && this.streamStates.waitUntilDurable(name) !== undefined,
      ),
      ...(request.recordedAt !== undefined && { recordedAt: request.recordedAt }),
    };
    const outcome = this.sequencer.append(append);
    const durable = outcome.then(
      (result) => result.outcome === 'appended',
      () => false,
    );
    // Only then, or the commands behind a failed one would each be decided without the ones before it.
    const known = this.streamStates.advance(stream, decision.next, events, durable);
    return { append, outcome: known.then(() => outcome), next: decision.next };
  }

  /** Of other streams the rules see the state; what they looked at is remembered. */
  #createRelatedState(aggregate: AnyAggregate, looked: Set<string>): RelatedState {
    const view = (kind: string) => (id: string) => {
      const stream = `${kind}-${id}`;
      const of = this.streamStates.findAggregate(stream);
      looked.add(stream);
      return of && this.streamStates.exists(stream)
        ? this.streamStates.getState(stream, of).state
        : undefined;
    };
    return {
      ...Object.fromEntries((aggregate.reads ?? []).map((kind) => [kind, view(kind)])),
      findStreams: (kind, field, value) => this.streamStates.findStreams(kind, field, value),
    };
  }

  /** All was said already: the stream as it is. */
  #toUnchangedOutcome(stream: string, revision: number): RecordedCommand {
    const [last] = this.ledger.readStream(stream, revision, 1);
    if (!last) throw new Error(`${stream}@${revision} is durable but cannot be read`);
    return { stream, revision, entry: last.entry, recordedAt: last.recordedAt, events: [], replayed: false };
  }
}

const toRecordedCommand = (
  { stream, events }: Append,
  revision: number,
  { entry, recordedAt }: AppendOutcome & { outcome: 'appended' },
): RecordedCommand => ({
  stream,
  revision,
  entry: entry + events.length - 1,
  recordedAt,
  events: events.map(({ id, type }, index) => ({ id, type, entry: entry + index })),
  replayed: false,
});

const toUnknownReferenceError = ({ pointer, value }: { pointer: string; value: string }) => ({
  pointer,
  code: 'unknown-reference',
  detail: `The book does not know "${value}": register it first, or correct the id.`,
});

/** Whether the first command does not need the stream to be there, so that the ones after it find it. */
const startsStream = ({ stream, pointers, references }: CommandRequest): boolean =>
  !references.some(
    (reference) => reference.stream === stream && reference.pointer.startsWith(`${pointers[0] ?? ''}/`),
  );

/** A reference to something inside a stream is known to be missing only when the rules have looked. */
function addPointer(refused: RefusedCommand, pointers: readonly string[]): RefusedCommand | InvalidCommand {
  const { code, detail, index } = refused;
  if (code !== 'unknown-reference') return refused;
  const pointer = `${pointers[index ?? 0] ?? ''}${refused.pointer ?? ''}`;
  return new InvalidCommand([{ pointer, code, detail }]);
}

const refuseReusedKey = (): Refusal =>
  refuse('idempotency-key-reused', 'This Idempotency-Key came before, with another command: use a new key.');

const rejectRecordedAt = (head: string | null): InvalidCommand =>
  new InvalidCommand([
    {
      pointer: '/recordedAt',
      code: 'invalid-value',
      detail: `recordedAt must lie between that of the last entry (${head ?? 'none yet'}) and now.`,
    },
  ]);
