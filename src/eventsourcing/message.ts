import type { JsonObject } from '../json/json.js';

/** A fact, named in the past tense. `Type` and the shape of `Data` are stored forever. */
export type TypedEvent<Type extends string, Data> = { readonly type: Type; readonly data: Data };

/** A request, named in the imperative. It may be refused. */
export type TypedCommand<Name extends string, Data> = { readonly name: Name; readonly data: Data };

export type AnyEvent = TypedEvent<string, JsonObject>;
export type AnyCommand = TypedCommand<string, JsonObject>;

/** Stored beside the data of every event, and proved with them. */
export type EventMetadata = {
  /** The principal: an API key's name, or `issuer subject`. Stable when a key is rotated. */
  readonly actor: string;
  /** The name of the command that recorded the event. */
  readonly command: string;
  /** Present if the client sent an Idempotency-Key: SHA-256 (hex) of `[actor, key]` and of the canonical command. */
  readonly request?: { readonly key: string; readonly body: string };
  readonly correlationId: string;
  /** 128 random bits (hex), so that the hash of an erased payload would tell nothing. */
  readonly salt: string;
  /** Present if the event was recorded together with others, all or none. `index` counts from 0. */
  readonly group?: { readonly index: number; readonly of: number };
  /** The version of the data's shape; absent means 1. Of a correction: of its replacement data. */
  readonly version?: number;
};

/** An event as the ledger returns it. */
export type RecordedEvent<E extends AnyEvent = AnyEvent> = E & {
  /** Position in the ledger: 1, 2, 3 ... without gaps. */
  readonly entry: number;
  /** UUID. */
  readonly id: string;
  /** `<category>-<id>`. */
  readonly stream: string;
  /** Counts within the stream, from 0. */
  readonly revision: number;
  /** RFC 3339, UTC, milliseconds; never decreases from entry to entry. */
  readonly recordedAt: string;
  readonly metadata: EventMetadata;
};

/** The data of an event type: what a request class implements. */
export type DataOf<E extends { readonly data: unknown }> = E['data'];
