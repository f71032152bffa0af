import { hash, randomUUID } from 'node:crypto';
import { parse as uuidBytes, v5 as uuidv5 } from 'uuid';
import {
  commandFor,
  type Decision,
  decideTogether,
  RefusedCommand,
  type StreamState,
} from '../eventsourcing/decide-command.js';
import { isAmendment } from '../eventsourcing/amendments.js';
import type { AnyCommand, Metadata, Recorded } from '../eventsourcing/message.js';
import type { AnyNoun, Views } from '../eventsourcing/aggregate.js';
import { Malformed, Refusal, refuse } from '../eventsourcing/refusal.js';
import { newestVersion, type Upcasters } from '../eventsourcing/upcasters.js';
import { canonicalJson } from '../json/canonical-json.js';
import { recorded } from '../ledger/entry.js';
import type { Ledger } from '../ledger/ledger.js';
import { reading } from '../ledger/event-reader.js';
import { newSalt } from '../ledger/salt.js';
import { type Append, type AppendOutcome, type Sequencer, Unavailable } from '../ledger/sequencer.js';
import { Streams, texts } from './stream-state-cache.js';

/** Commands of one stream, checked for form. All of them are recorded together or none. */
export type CommandRequest = {
  readonly stream: string;
  readonly noun: AnyNoun;
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

export type Recording = {
  readonly stream: string;
  /** Of the stream's last event, after this. */
  readonly revision: number;
  readonly entry: number;
  readonly recordedAt: string;
  /** What was recorded; nothing if all of it stood already. */
  readonly events: readonly { readonly id: string; readonly type: string; readonly entry: number }[];
  /** Whether this is the earlier answer to the same idempotency key. */
  readonly replayed: boolean;
};

/** The client's `If-Match` names another revision than the stream has; null if there is no stream. */
export class RevisionMismatch {
  constructor(readonly currentRevision: number | null) {}
}

export type Outcome = Recording | Malformed | RefusedCommand | Refusal | RevisionMismatch;

/** The namespace (RFC 9562) of event ids. Never changes, or a repeated command would be recorded twice. */
const EVENT_IDS = uuidBytes('5b0c9b2e-3a3f-5d0e-9a53-6d1f6f1a7c11');

/** How often a command is decided again because others were faster. */
const ATTEMPTS_MAX = 20;

type Identity = { readonly key: string; readonly body: string };
/** An answer, to be given only if what it stood on becomes durable, and then. */
type Answer = { readonly answer: () => Outcome; readonly standsOn: readonly Promise<boolean>[] };
type Appending = {
  readonly append: Append;
  readonly outcome: Promise<AppendOutcome>;
  readonly next: StreamState;
};

/** Load, fold, decide, append, retry: the only imperative part of the write side, for every command there is. */
export class CommandHandler {
  readonly #underWay = new Map<string, { readonly body: string; readonly outcome: Promise<Outcome> }>();
  readonly streams: Streams;

  constructor(
    private readonly ledger: Ledger,
    private readonly sequencer: Sequencer,
    private readonly upcasters: Upcasters,
    nouns: readonly AnyNoun[],
  ) {
    this.streams = new Streams(ledger, reading(upcasters), nouns);
  }

  /**
   * Resolves once the answer is durable: recorded, standing already, or refused because of durable facts. Rejects
   * with Unavailable. Requests are decided in the order of the calls.
   */
  handle(request: CommandRequest): Promise<Outcome> {
    if (request.idempotencyKey === undefined) return this.#record(request, undefined);
    const identity = {
      key: hash('sha256', canonicalJson([request.actor, request.idempotencyKey])),
      body: hash(
        'sha256',
        canonicalJson(request.commands.map(({ name, data }) => ({ command: name, data }))),
      ),
    };
    const underWay = this.#underWay.get(identity.key);
    if (underWay) {
      if (underWay.body !== identity.body) return Promise.resolve(keyReused());
      return underWay.outcome.then((outcome) =>
        'events' in outcome ? { ...outcome, replayed: true } : outcome,
      );
    }
    const outcome = this.#record(request, identity).finally(() => this.#underWay.delete(identity.key));
    this.#underWay.set(identity.key, { body: identity.body, outcome });
    return outcome;
  }

  async #record(request: CommandRequest, identity: Identity | undefined): Promise<Outcome> {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const earlier = identity && this.#earlierAnswer(identity);
      if (earlier) return earlier;
      // No await between looking and appending: what is decided on cannot change in between.
      const decided = this.#decide(request, identity);
      if ('answer' in decided) {
        if ((await Promise.all(decided.standsOn)).every(Boolean)) return decided.answer();
        continue;
      }
      const { append, outcome, next } = decided;
      const result = await outcome;
      if (result.outcome === 'out-of-time') return outOfTime(result.recordedAt);
      if (result.outcome === 'appended') return recording(append, next.revision, result);
    }
    throw new Unavailable('busy', `Others keep writing to ${request.stream}; send the command again.`);
  }

  #earlierAnswer({ key, body }: Identity): Outcome | undefined {
    const entries = this.ledger.byRequest(key);
    const last = entries.at(-1);
    if (!last) return undefined;
    if (recorded(last).metadata.request?.body !== body) return keyReused();
    return {
      stream: last.stream,
      revision: last.revision,
      entry: last.entry,
      recordedAt: last.recordedAt,
      events: entries.map(({ id, type, entry }) => ({ id, type, entry })),
      replayed: true,
    };
  }

  #decide(request: CommandRequest, identity: Identity | undefined): Answer | Appending {
    const { stream, noun, commands } = request;
    const looked = new Set([stream]);
    const answered = (answer: Outcome | (() => Outcome)): Answer => ({
      answer: typeof answer === 'function' ? answer : () => answer,
      standsOn: [...looked].flatMap((name) => this.streams.settled(name) ?? []),
    });

    const missing = request.references.filter(({ stream: referred }) => {
      looked.add(referred);
      return !this.streams.exists(referred) && !(referred === stream && beginsStream(request));
    });
    const [first, ...others] = missing.map(unknownReference);
    if (first) return answered(new Malformed([first, ...others]));

    const before = this.streams.state(stream, noun);
    if (request.ifRevision !== undefined && request.ifRevision !== before.revision)
      return answered(new RevisionMismatch(before.revision < 0 ? null : before.revision));

    const requestId = request.idempotencyKey ?? randomUUID();
    const eventId = (index: number): string =>
      uuidv5(Buffer.from(canonicalJson([request.actor, requestId, stream, index])), EVENT_IDS);
    const decision = decideTogether(noun, commands, before, {
      stream,
      views: this.#views(noun, looked),
      events: () => this.streams.events(stream),
      eventId,
      ...texts,
    });
    if (decision instanceof RefusedCommand) return answered(located(decision, request.pointers));
    if (decision.events.length === 0) return answered(() => this.#standing(stream, before.revision));

    try {
      return this.#append(request, identity, before.revision, decision, looked, eventId);
    } catch (error) {
      this.streams.forget(stream); // the decision has taken its state over already
      throw error;
    }
  }

  #append(
    request: CommandRequest,
    identity: Identity | undefined,
    expectedRevision: number,
    decision: Decision,
    looked: ReadonlySet<string>,
    eventId: (index: number) => string,
  ): Appending {
    const { stream, noun } = request;
    const of = decision.events.length;
    const before = decision.events.some(isAmendment) ? this.streams.events(stream) : [];
    const events: Recorded[] = [];
    for (const [index, said] of decision.events.entries()) {
      const metadata: Metadata = {
        actor: request.actor,
        command: commandFor(noun, said.type),
        correlationId: request.correlationId,
        salt: newSalt(),
        ...(identity && { request: identity }),
        ...(of > 1 && { group: { index, of } }),
      };
      const revision = expectedRevision + 1 + index;
      const event = { ...said, id: eventId(index), stream, revision, metadata, entry: 0, recordedAt: '' };
      const version = newestVersion(event, this.upcasters, [...before, ...events]);
      events.push(version === 1 ? event : { ...event, metadata: { ...metadata, version } });
    }
    const append: Append = {
      stream,
      expectedRevision,
      events: events.map(({ id, type, data, metadata }) => ({
        id,
        type,
        data: texts.canonical(data),
        metadata: canonicalJson(metadata),
        requestKey: identity?.key ?? null,
      })),
      requires: [...looked].filter((name) => name !== stream && this.streams.settled(name) !== undefined),
      ...(request.recordedAt !== undefined && { recordedAt: request.recordedAt }),
    };
    const outcome = this.sequencer.append(append);
    const durable = outcome.then(
      (result) => result.outcome === 'appended',
      () => false,
    );
    // Only then, or the commands behind a failed one would each be decided without the ones before it.
    const known = this.streams.advance(stream, decision.next, events, durable);
    return { append, outcome: known.then(() => outcome), next: decision.next };
  }

  /** Of other streams the rules see the state; what they looked at is remembered. */
  #views(noun: AnyNoun, looked: Set<string>): Views {
    const view = (kind: string) => (id: string) => {
      const stream = `${kind}-${id}`;
      const of = this.streams.nounOf(stream);
      looked.add(stream);
      return of && this.streams.exists(stream) ? this.streams.state(stream, of).state : undefined;
    };
    return {
      ...Object.fromEntries((noun.sees ?? []).map((kind) => [kind, view(kind)])),
      referring: (kind, field, value) => this.streams.referring(kind, field, value),
    };
  }

  /** All was said already: the stream as it is. */
  #standing(stream: string, revision: number): Recording {
    const [last] = this.ledger.stream(stream, revision, 1);
    if (!last) throw new Error(`${stream}@${revision} is durable but cannot be read`);
    return { stream, revision, entry: last.entry, recordedAt: last.recordedAt, events: [], replayed: false };
  }
}

const recording = (
  { stream, events }: Append,
  revision: number,
  { entry, recordedAt }: AppendOutcome & { outcome: 'appended' },
): Recording => ({
  stream,
  revision,
  entry: entry + events.length - 1,
  recordedAt,
  events: events.map(({ id, type }, index) => ({ id, type, entry: entry + index })),
  replayed: false,
});

const unknownReference = ({ pointer, value }: { pointer: string; value: string }) => ({
  pointer,
  code: 'unknown-reference',
  detail: `The book does not know "${value}": register it first, or correct the id.`,
});

/** Whether the first command does not need the stream to be there, so that the ones after it find it. */
const beginsStream = ({ stream, pointers, references }: CommandRequest): boolean =>
  !references.some(
    (reference) => reference.stream === stream && reference.pointer.startsWith(`${pointers[0] ?? ''}/`),
  );

/** A reference to something inside a stream is known to be missing only when the rules have looked. */
function located(refused: RefusedCommand, pointers: readonly string[]): RefusedCommand | Malformed {
  const { code, detail, index } = refused;
  if (code !== 'unknown-reference') return refused;
  const pointer = `${pointers[index ?? 0] ?? ''}${refused.pointer ?? ''}`;
  return new Malformed([{ pointer, code, detail }]);
}

const keyReused = (): Refusal =>
  refuse('idempotency-key-reused', 'This Idempotency-Key came before, with another command: use a new key.');

const outOfTime = (head: string | null): Malformed =>
  new Malformed([
    {
      pointer: '/recordedAt',
      code: 'invalid-value',
      detail: `recordedAt must lie between that of the last entry (${head ?? 'none yet'}) and now.`,
    },
  ]);
