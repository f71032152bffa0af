// All calls to KurrentDB (EventStoreDB). The driver is imported in this folder only; its bigint revisions end here.
import {
  type AllStreamSubscription,
  BACKWARDS,
  END,
  ErrorType,
  type EventStoreDBClient,
  isCommandError,
  NO_STREAM,
  type ReadStreamOptions,
  type ResolvedEvent,
  START,
  streamNameFilter,
  type StreamSubscription,
} from '@eventstore/db-client';
import type { LogPosition } from '../../cluster-log.js';
import { AppendTooLargeError } from '../../sequencer.js';
import { LedgerUnusableError } from '../../sqlite/schema.js';
import { RESPONSE_TIMEOUT_MS } from '../timeouts.js';
import { createClient } from './create-client.js';
import type { SerializedEvent } from './event-serializer.js';

export type { ResolvedEvent } from '@eventstore/db-client';

export type KurrentDbSettings = {
  /** `esdb://` or `kurrentdb://`, as its makers define it. */
  readonly connection: string;
  /** Of the names of a ledger's streams, so that several can share a cluster: `[a-z0-9]+`. */
  readonly prefix: string;
};

/** What is known after one attempt to append. */
export type AppendResult =
  /** The stream has this revision after it. */
  | { readonly type: 'written'; readonly revision: number }
  /** Nothing was written: the stream has this revision, -1 if there is none. */
  | { readonly type: 'wrong-revision'; readonly current: number }
  /** Nothing was written, and nothing can be: the stream was deleted. */
  | { readonly type: 'deleted' }
  /** Nothing was written, for a reason that has nothing to do with the append. */
  | { readonly type: 'not-written'; readonly reason: string }
  /** It may have been written, or may still be. */
  | { readonly type: 'unknown'; readonly reason: string };

/** What comes after a position, then what is recorded from then on. */
export type CatchUpSubscription = StreamSubscription | AllStreamSubscription;

type Credentials = { readonly username: string; readonly password: string };

const CONNECTION_STRING_PATTERN =
  /^(?:esdb|kurrentdb)(\+discover)?:\/\/(?:([^:/?]+):([^@/?]+)@)?([^?]+)(?:\?(.*))?$/;

/** The exceptions of servers that take no more at once: the second one came with a release that the client does not know. */
const TOO_LARGE_EXCEPTIONS: readonly unknown[] = [
  'maximum-append-size-exceeded',
  'maximum-append-event-size-exceeded',
];
export const NO_RESPONSE = 'it does not answer';
/** Errors after which the server says that it has written nothing. */
const NOT_WRITTEN_ERRORS: readonly string[] = [ErrorType.NOT_LEADER, ErrorType.ACCESS_DENIED];
const STREAM_MISSING_ERRORS: readonly string[] = [
  ErrorType.STREAM_NOT_FOUND,
  ErrorType.STREAM_DELETED,
  ErrorType.NO_STREAM,
];

export class KurrentDbConnection {
  readonly prefix: string;
  readonly #client: EventStoreDBClient;
  readonly #credentials: Credentials;

  /** Throws LedgerUnusable with a sentence if the settings cannot be meant. Does not connect yet. */
  constructor({ connection, prefix }: KurrentDbSettings) {
    this.prefix = prefix;
    const [, discover = '', username, password, hosts, query = ''] =
      CONNECTION_STRING_PATTERN.exec(connection) ?? [];
    if (hosts === undefined)
      throw new LedgerUnusableError(
        'The connection string of the cluster is none: write something like esdb://user:password@host:2113.',
      );
    const isInsecure = /(?:^|&)tls=false(?:&|$)/i.test(query);
    if (username === undefined && !isInsecure)
      throw new LedgerUnusableError(
        'The connection string of the cluster has no user and password: write esdb://user:password@host:2113, or tls=false for one that is not secured.',
      );
    // Given with every append, or the client would use its batches, in which one error fails the appends of all.
    this.#credentials = {
      username: decodeURIComponent(username ?? 'none'),
      password: decodeURIComponent(password ?? 'none'),
    };
    const user = username === undefined ? '' : `${username}:${password}@`;
    // Whoever follows tries again without end, so one round of discovery is enough; the operator's word counts.
    const options = [
      'maxDiscoverAttempts=1',
      ...query.split('&').filter(Boolean),
      'throwOnAppendFailure=false',
    ];
    try {
      this.#client = createClient(
        `esdb${discover}://${user}${hosts.replace(/\/+$/, '')}?${options.join('&')}`,
      );
    } catch (error) {
      const reason = getErrorMessage(error).replaceAll(password ?? '\0', '...');
      throw new LedgerUnusableError(`The connection string of the cluster cannot be used: ${reason}`);
    }
  }

  /** What a stream of the ledger is called in the cluster. */
  toClusterStreamName(stream: string): string {
    return `${this.prefix}/${stream}`;
  }

  /** What a stream is called that the nodes share beside the ledger: nobody's prefix makes it one of a ledger. */
  toSharedStreamName(stream: string): string {
    return `${this.prefix}!${stream}`;
  }

  /** Appends all events or none. `name` is the cluster's name of the stream, `deadline` in milliseconds. Rejects with TooLarge. */
  async append(
    name: string,
    expectedRevision: number,
    events: readonly SerializedEvent[],
    deadline: number,
  ): Promise<AppendResult> {
    try {
      const { success, nextExpectedRevision } = await this.#client.appendToStream(name, [...events], {
        expectedRevision: expectedRevision < 0 ? NO_STREAM : BigInt(expectedRevision),
        credentials: this.#credentials,
        deadline,
      });
      const revision = Number(nextExpectedRevision);
      return success ? { type: 'written', revision } : { type: 'wrong-revision', current: revision };
    } catch (error) {
      const reason = getErrorMessage(error);
      // What is no answer of a server comes from looking for one: nothing was sent.
      if (!(error instanceof Error && isCommandError(error))) return { type: 'not-written', reason };
      if (TOO_LARGE_EXCEPTIONS.includes(error._raw?.metadata.get('exception')[0]))
        throw new AppendTooLargeError(
          'The facts are larger than the cluster takes at once, which is 1 MiB unless it is set to less: split them.',
        );
      if (error.type === ErrorType.STREAM_DELETED) return { type: 'deleted' };
      return { type: NOT_WRITTEN_ERRORS.includes(error.type) ? 'not-written' : 'unknown', reason };
    }
  }

  /** The event of a stream at a revision; undefined if it is not there. Rejects if that cannot be found out. */
  async readEvent(
    name: string,
    revision: number,
    { requiresLeader = false } = {},
  ): Promise<ResolvedEvent | undefined> {
    const found = await this.#readOne(name, { fromRevision: BigInt(revision), requiresLeader });
    return found?.event?.revision === BigInt(revision) ? found : undefined;
  }

  /** The last event of a stream; undefined if it has none. Rejects if that cannot be found out. */
  readLastEvent(name: string): Promise<ResolvedEvent | undefined> {
    return this.#readOne(name, { fromRevision: END, direction: BACKWARDS });
  }

  async #readOne(name: string, options: ReadStreamOptions): Promise<ResolvedEvent | undefined> {
    const reading = this.#client.readStream(name, { ...options, maxCount: 1 });
    reading.on('error', () => undefined); // the loop below hears of it, but only while it runs
    const unanswered = setTimeout(() => reading.destroy(new Error(NO_RESPONSE)), RESPONSE_TIMEOUT_MS);
    try {
      let found: ResolvedEvent | undefined;
      // To the end, or the client would keep the call for as long as it lives.
      for await (const resolved of reading) found = resolved;
      return found;
    } catch (error) {
      void reading.cancel().catch(() => undefined);
      if (error instanceof Error && isCommandError(error) && STREAM_MISSING_ERRORS.includes(error.type))
        return undefined;
      throw error;
    } finally {
      clearTimeout(unanswered);
    }
  }

  /** Everything in one stream after a revision, then what comes. `name` is the cluster's. */
  subscribeToStream(name: string, after: number): CatchUpSubscription {
    return this.#client.subscribeToStream(name, { fromRevision: after < 0 ? START : BigInt(after) });
  }

  /**
   * Everything in the ledger's streams after a position, then what comes. `passed` is called while the server looks at
   * what others have written in between.
   */
  subscribeToLog(after: LogPosition | undefined, passed: () => void): CatchUpSubscription {
    return this.#client.subscribeToAll({
      fromPosition: after ?? START,
      filter: streamNameFilter({
        prefixes: [this.toClusterStreamName('')],
        checkpointReached: () => {
          passed();
          return Promise.resolve();
        },
      }),
    });
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    await this.#client.dispose();
  }
}

export const getErrorMessage = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
