import type { Observable } from 'rxjs';
import { ApplicationError } from '../errors/application-error.js';
import type { Entry } from './entry.js';
import { RETRY_AFTER_SECONDS } from './timeouts.js';

export type NewEvent = {
  /** UUID. The same id and stream again are the same event. */
  readonly id: string;
  readonly type: string;
  /** Canonical JSON. */
  readonly data: string;
  /** Canonical JSON. */
  readonly metadata: string;
  /** `request.key` of the metadata, by which the ledger finds the entries of a repeated command. */
  readonly requestKey: string | null;
};

export type Append = {
  readonly stream: string;
  /** The revision that the stream must have; -1 if it must not exist. */
  readonly expectedRevision: number;
  /** At least one. */
  readonly events: readonly NewEvent[];
  /** Streams that must exist: the events refer to them, and they were not durable when the command was decided. */
  readonly requires: readonly string[];
  /** The recorded time of a migrated record (RFC 3339, UTC, milliseconds); by default the node's clock. */
  readonly recordedAt?: string;
  /**
   * When the request came, in milliseconds of `performance.now()`; by default now. The time for an outcome counts from
   * then, however often the command is decided again.
   */
  readonly requestedAtMs?: number;
};

export type AppendOutcome =
  /** `entry` is that of the first event, the others follow without a gap. */
  | { readonly outcome: 'appended'; readonly entry: number; readonly recordedAt: string }
  /** The stream has another revision, or a required stream does not exist: the decision is stale. Decide again. */
  | { readonly outcome: 'stale' }
  /** `recordedAt` is before that of the last entry, or in the future. */
  | { readonly outcome: 'out-of-time'; readonly recordedAt: string | null };

/** Nothing can be recorded now. */
export class UnavailableError extends ApplicationError {
  constructor(
    readonly code: keyof typeof RETRY_AFTER_SECONDS,
    message: string,
    override readonly retryAfterSeconds: number = RETRY_AFTER_SECONDS[code],
  ) {
    super(message);
  }
}

/** For clients of a node that must end; the operator is told why. */
export const createStateUnknownError = (): UnavailableError =>
  new UnavailableError(
    'outcome-unknown',
    'The state of the ledger is not known, so this server ends: send the command again with the same Idempotency-Key once it runs again.',
  );

/** An append is larger than the cluster accepts. Nothing was written. */
export class AppendTooLargeError extends ApplicationError {
  readonly code = 'too-large';
}

/** An import of a whole ledger is refused. Nothing of it was written. */
export class ImportRefusedError extends ApplicationError {
  constructor(
    readonly code: 'book-not-empty' | 'import-stalled' | 'invalid-export' | 'not-in-a-cluster',
    message: string,
    /** The number of the first invalid entry; 0 if the refusal is not about an entry. */
    readonly entry: number,
  ) {
    super(message);
  }
}

export const createLedgerNotEmptyError = (entries: number): ImportRefusedError =>
  new ImportRefusedError(
    'book-not-empty',
    `The book has ${entries} entries, and a whole book can be imported into an empty one only: start with a new data directory.`,
    0,
  );

/**
 * The state of this node's connection to the log that orders the events: `live`; `catching-up` with events that other
 * nodes appended; or `cut-off`, when the node answers from its copy and records nothing. One machine is always `live`.
 */
export type ConnectionState = 'live' | 'catching-up' | 'cut-off';

/**
 * Appends events to the ledger in one order: the port with an adapter for one machine and one for a cluster. An abstract
 * class and not an interface, so that it serves as the injection token. Every adapter must pass
 * test/ledger/sequencer.contract.ts.
 */
export abstract class Sequencer {
  /**
   * Appends all events or none. Once resolved as appended they are durable, have consecutive entry numbers, and
   * this node's Ledger reads them. Resolved as anything else, nothing was written.
   *
   * On one machine appends are executed in the order of the calls. In a cluster that holds within one stream; appends
   * to different streams are sent concurrently, and an append waits only for those it depends on: earlier calls for the
   * streams that it requires, and all earlier calls if it has a `recordedAt` (then all later calls wait for it, too).
   *
   * Rejects with UnavailableError: after `outcome-unknown` and `ledger-lost` the events may turn out to be durable, and
   * the same append may safely be sent again; after any other code nothing was written. In a cluster also with AppendTooLargeError.
   */
  abstract append(append: Append): Promise<AppendOutcome>;

  /**
   * Imports the entries of another ledger into this one, which must be empty, with their ids, times and leaf hashes: all
   * of them or none, whatever ends the process meanwhile. Each must follow the one before it in the ledger and in its
   * stream, its leaf hash must be that of its content, and the tree of all of them must have the `root` (base64) unless
   * that is null. Resolves to their number once they are durable and this node's Ledger reads them. Until then every
   * append is refused as busy. At most two pages are held, so memory does not grow with the ledger.
   *
   * Rejects with ImportRefusedError, also if no page comes for a while, with whatever `pages` throws, or with
   * UnavailableError. In each case nothing was written. A cluster refuses every import, since its log has no transaction of that size.
   */
  abstract importEntries(pages: AsyncIterable<readonly Entry[]>, root: string | null): Promise<number>;

  /** Called when a recorded entry does not arrive at this node. */
  resubscribeIfStalled(): void {
    return; // only a node of a cluster subscribes
  }

  /** The entry number of the head, each time it has grown. */
  abstract readonly heads: Observable<number>;

  /** Whether other nodes append to the same ledger, so that an entry may exist that this node has not read yet. */
  abstract readonly isShared: boolean;
  abstract readonly connectionState: ConnectionState;

  /** Milliseconds since this node last knew that its server has everything that was recorded; 0 while it is `live`. */
  getAgeMs(): number {
    return 0;
  }

  /**
   * Why an append would be refused now; undefined if this node knows no reason. It is right without an append: a fault
   * that has passed is noticed within a second or two.
   */
  abstract readonly refusal: UnavailableError | undefined;

  /** How many appends may be pending before the next is refused as busy. */
  abstract readonly capacity: number;
  /** How many are pending now. */
  abstract readonly pendingAppends: number;

  /** Refuses further appends; resolves when those accepted before are finished. */
  abstract close(): Promise<void>;
}
