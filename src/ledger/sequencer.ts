import type { Observable } from 'rxjs';
import { ApplicationError } from '../errors/application-error.js';
import type { Entry } from './entry.js';

export type NewEvent = {
  /** UUID. The same id and stream again are the same event. */
  readonly id: string;
  readonly type: string;
  /** Canonical JSON. */
  readonly data: string;
  /** Canonical JSON. */
  readonly metadata: string;
  /** `request.key` of the metadata, by which the ledger finds the answer to a repeated command. */
  readonly requestKey: string | null;
};

export type Append = {
  readonly stream: string;
  /** The revision that the stream must have; -1 if it must not exist. */
  readonly expectedRevision: number;
  /** At least one. */
  readonly events: readonly NewEvent[];
  /** Streams that must exist, because the events refer to them and they were not durable yet. */
  readonly requires: readonly string[];
  /** When an old book, now migrated, learned it (RFC 3339, UTC, milliseconds). Left out, the node's clock says. */
  readonly recordedAt?: string;
};

export type AppendOutcome =
  /** `entry` is that of the first event, the others follow without a gap. */
  | { readonly outcome: 'appended'; readonly entry: number; readonly recordedAt: string }
  /** Another revision, or a required stream that is missing after all: what was decided on is not so. Decide again. */
  | { readonly outcome: 'moved-on' }
  /** `recordedAt` is before that of the last entry, or in the future. */
  | { readonly outcome: 'out-of-time'; readonly recordedAt: string | null };

/** Nothing can be recorded now. `code` is that of a problem page. */
export class UnavailableError extends ApplicationError {
  constructor(
    readonly code:
      | 'busy'
      | 'clock'
      | 'cut-off'
      | 'disk-full'
      | 'diverged'
      | 'later-release'
      | 'not-signed'
      | 'outcome-unknown'
      | 'stopping',
    message: string,
    override readonly retryAfterSeconds = 1,
  ) {
    super(message);
  }
}

/** An append is larger than the cluster that orders the facts takes. Nothing was written. */
export class AppendTooLargeError extends ApplicationError {
  readonly code = 'too-large';
}

/** A book cannot be taken over. Nothing of it was written. `code` is that of a problem page. */
export class ImportRefusedError extends ApplicationError {
  constructor(
    readonly code: 'book-not-empty' | 'invalid-export' | 'not-in-a-cluster',
    message: string,
    /** The place of the first entry that does not fit; 0 if it is not an entry's fault. */
    readonly entry: number,
  ) {
    super(message);
  }
}

export const createBookNotEmptyError = (entries: number): ImportRefusedError =>
  new ImportRefusedError(
    'book-not-empty',
    `The book has ${entries} entries, and a whole book is imported into an empty one only: begin with a new data directory.`,
    0,
  );

/**
 * How this node stands to whoever orders the facts: `live`, or `catching-up` with what others recorded before, or
 * `cut-off`, when it answers from what it has and records nothing. One machine is always `live`.
 */
export type ConnectionState = 'live' | 'catching-up' | 'cut-off';

/**
 * Orders the facts: the one port between one machine and a cluster. A class and not an interface, so that it is
 * its own injection token. Every adapter must pass test/ledger/sequencer.contract.ts.
 */
export abstract class Sequencer {
  /**
   * Appends all events or none. Once resolved as appended they are durable, have consecutive entry numbers, and
   * this node's Ledger reads them. Resolved as anything else, nothing was written.
   *
   * On one machine appends are taken in the order of the calls. In a cluster that holds within one stream; appends to
   * different streams go out side by side, and only what an append names is waited for: the streams that it requires,
   * as they were asked for before it, and everything asked for before it if it has a `recordedAt` (and then
   * everything after it waits, too).
   *
   * Rejects with Unavailable: after `outcome-unknown` the events may yet turn out to be durable, and sending the
   * same append again is safe; after any other code nothing was written. In a cluster it rejects with TooLarge, too.
   */
  abstract append(append: Append): Promise<AppendOutcome>;

  /**
   * Takes a whole book over into this one, which must be empty: entries from the first on as they were recorded
   * elsewhere, with their ids, times and leaf hashes. All of them or none, whatever ends the process meanwhile. Each
   * must follow the one before it in the book and in its stream, its leaf must be that of its content, and the tree of
   * all of them must have the `root` (base64) unless that is null. Resolves
   * to their number, once they are durable and this node's Ledger reads them. Meanwhile every append is refused as
   * busy. A page is asked for when the one before the last is written, so memory does not grow with the book.
   *
   * Rejects with NotTakenOver, with whatever `pages` throws, or with Unavailable. In each case nothing was written. A
   * cluster takes no book over, since its log cannot take all of it or none.
   */
  abstract importEntries(pages: AsyncIterable<readonly Entry[]>, root: string | null): Promise<number>;

  /** The entry number of the head, each time it has grown. */
  abstract readonly heads: Observable<number>;

  /** Whether other nodes record in the same book, so that an entry that is not here yet may be elsewhere. */
  abstract readonly isShared: boolean;
  abstract readonly connectionState: ConnectionState;

  /** How many appends may wait before one is refused as busy. */
  abstract readonly capacity: number;
  /** How many wait now. */
  abstract readonly pendingAppends: number;

  /** Finishes what was taken, then refuses what comes. */
  abstract close(): Promise<void>;
}
