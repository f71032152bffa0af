// All calls to KurrentDB (EventStoreDB). Only this folder imports the driver, and its bigint revisions are converted
// here.
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
import { LedgerUnusableError } from '../../ledger-unusable-error.js';
import { RESPONSE_TIMEOUT_MS } from '../timeouts.js';
import { createClient } from './create-client.js';
import type { SerializedEvent } from './event-serializer.js';

export type { ResolvedEvent } from '@eventstore/db-client';

export type KurrentDbSettings = {
  /** A connection string of KurrentDB: `esdb://` or `kurrentdb://`. */
  readonly connection: string;
  /** Prefix of the names of a ledger's streams, so that several ledgers can share a cluster: `[a-z0-9]+`. */
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

/** Exceptions of servers that refuse an append as too large: the driver does not know the second one yet. */
const TOO_LARGE_EXCEPTIONS: readonly unknown[] = [
  'maximum-append-size-exceeded',
  'maximum-append-event-size-exceeded',
];
export const NO_RESPONSE = 'it does not respond';
/** Errors with which a server says that it has written nothing. */
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

  /** Throws LedgerUnusableError if the settings are invalid. Does not connect yet. */
  constructor({ connection, prefix }: KurrentDbSettings) {
    this.prefix = prefix;
    const [, discover = '', username, password, hosts, query = ''] =
      CONNECTION_STRING_PATTERN.exec(connection) ?? [];
    if (hosts === undefined)
      throw new LedgerUnusableError(
        'The connection string of the cluster is invalid: write something like esdb://user:password@host:2113.',
      );
    const isInsecure = /(?:^|&)tls=false(?:&|$)/i.test(query);
    if (username === undefined && !isInsecure)
      throw new LedgerUnusableError(
        'The connection string of the cluster has no user and password: write esdb://user:password@host:2113, or add tls=false for a cluster without TLS.',
      );
    // Sent with every append, or the driver would use batch appends, where one error fails all appends of the batch.
    this.#credentials = {
      username: decodeURIComponent(username ?? 'none'),
      password: decodeURIComponent(password ?? 'none'),
    };
    const user = username === undefined ? '' : `${username}:${password}@`;
    // Subscriptions retry without end, so one round of discovery is enough; options of the operator come later and win.
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

  /** The name that a stream of the ledger has in the cluster. */
  toClusterStreamName(stream: string): string {
    return `${this.prefix}/${stream}`;
  }

  /** The name of a stream that the nodes share beside the ledger: no prefix makes it one of a ledger's streams. */
  toSharedStreamName(stream: string): string {
    return `${this.prefix}!${stream}`;
  }

  /** Appends all events or none. `name` is the cluster's name of the stream. Rejects with AppendTooLargeError. */
  async append(
    name: string,
    expectedRevision: number,
    events: readonly SerializedEvent[],
    timeoutMs: number,
  ): Promise<AppendResult> {
    try {
      const { success, nextExpectedRevision } = await this.#client.appendToStream(name, [...events], {
        expectedRevision: expectedRevision < 0 ? NO_STREAM : BigInt(expectedRevision),
        credentials: this.#credentials,
        deadline: timeoutMs,
      });
      const revision = Number(nextExpectedRevision);
      return success ? { type: 'written', revision } : { type: 'wrong-revision', current: revision };
    } catch (error) {
      const reason = getErrorMessage(error);
      // An error that is no response of a server comes from discovery: nothing was sent.
      if (!(error instanceof Error && isCommandError(error))) return { type: 'not-written', reason };
      if (TOO_LARGE_EXCEPTIONS.includes(error._raw?.metadata.get('exception')[0]))
        throw new AppendTooLargeError(
          'The events are larger than one append to the cluster may be, which is 1 MiB unless it is configured to less: split them.',
        );
      if (error.type === ErrorType.STREAM_DELETED) return { type: 'deleted' };
      return { type: NOT_WRITTEN_ERRORS.includes(error.type) ? 'not-written' : 'unknown', reason };
    }
  }

  /** The event of a stream at a revision; undefined if there is none. Rejects if that cannot be found out. */
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
    const response = this.#client.readStream(name, { ...options, maxCount: 1 });
    response.on('error', () => undefined); // the loop below receives it too, but only while it runs
    const responseTimer = setTimeout(() => response.destroy(new Error(NO_RESPONSE)), RESPONSE_TIMEOUT_MS);
    try {
      let found: ResolvedEvent | undefined;
      // To the end, or the driver would keep the call open for as long as the client lives.
      for await (const resolved of response) found = resolved;
      return found;
    } catch (error) {
      void response.cancel().catch(() => undefined);
      if (error instanceof Error && isCommandError(error) && STREAM_MISSING_ERRORS.includes(error.type))
        return undefined;
      throw error;
    } finally {
      clearTimeout(responseTimer);
    }
  }

  /** All events of one stream after a revision, then new ones. `name` is the cluster's name of the stream. */
  subscribeToStream(name: string, after: number): CatchUpSubscription {
    return this.#client.subscribeToStream(name, { fromRevision: after < 0 ? START : BigInt(after) });
  }

  /**
   * All events of the ledger's streams after a position, then new ones. `onProgress` is called while the server reads
   * past events of other streams.
   */
  subscribeToLog(after: LogPosition | undefined, onProgress: () => void): CatchUpSubscription {
    return this.#client.subscribeToAll({
      fromPosition: after ?? START,
      filter: streamNameFilter({
        prefixes: [this.toClusterStreamName('')],
        checkpointReached: () => {
          onProgress();
          return Promise.resolve();
        },
      }),
    });
  }

  /** Ends all calls in flight. */
  async close(): Promise<void> {
    await this.#client.dispose();
  }
}

export const getErrorMessage = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
