// All calls to KurrentDB (EventStoreDB). Only this folder imports the driver, and its bigint revisions are converted
// here.
import {
  type AllStreamSubscription,
  BACKWARDS,
  END,
  NO_STREAM,
  type ReadStreamOptions,
  type ResolvedEvent,
  START,
  type StreamingRead,
  streamNameFilter,
  type StreamSubscription,
} from '@eventstore/db-client';
import type { LogPosition } from '../../cluster-log.js';
import { AppendTooLargeError } from '../../sequencer.js';
import { LedgerUnusableError } from '../../ledger-unusable-error.js';
import { CLIENT_REPLACEMENT_INTERVAL_MS, RESPONSE_TIMEOUT_MS } from '../timeouts.js';
import { type Credentials, type KurrentDbSettings, parseConnectionString } from './connection-string.js';
import { createClient, type ReplaceableClient } from './create-client.js';
import {
  describeDriverError,
  isNotWritten,
  isStreamDeleted,
  isStreamMissing,
  isTimeout,
  isTooLarge,
  NO_RESPONSE,
} from './driver-errors.js';
import type { SerializedEvent } from './event-serializer.js';

export type { ResolvedEvent } from '@eventstore/db-client';

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

/** The last event of the whole log, of whichever client. */
export type LogEnd = { readonly position: LogPosition; readonly streamId: string };

/** Which server is to respond. */
type ReadOptions = {
  /** The one that leads, over a connection of its own; by default the server of the subscriptions. */
  readonly requiresLeader?: boolean;
  /** Ends the read, which ends after RESPONSE_TIMEOUT_MS in any case. */
  readonly signal?: AbortSignal;
};

/** So many timeouts in a row, and the server is left: the driver itself stays on a server that does not respond. */
const MAX_CONSECUTIVE_TIMEOUTS = 2;

export class KurrentDbConnection {
  readonly prefix: string;
  /** Whether the driver finds the server by gossip, and prefers the leader. */
  readonly findsLeader: boolean;
  /** Called when the client has been replaced: its subscriptions have ended, and new calls go to a server found anew. */
  onReplaced: (() => void) | undefined;
  readonly #createClient: () => ReplaceableClient;
  readonly #createLeaderClient: () => ReplaceableClient;
  readonly #credentials: Credentials;
  /** Whether only the leader may take appends and subscriptions. Any other server then says so, and the driver goes there. */
  #requiresLeader: boolean;
  #client: ReplaceableClient;
  #leaderClient: ReplaceableClient;
  /** Settle the appends in flight, if the client that they were sent with is replaced. */
  readonly #abandonAppends = new Set<() => void>();
  #replacedAt = -Infinity;
  #consecutiveTimeouts = 0;
  #isClosed = false;

  /** Throws LedgerUnusableError if the settings are invalid. Does not connect yet. */
  constructor(settings: KurrentDbSettings) {
    this.prefix = settings.prefix;
    const { connection, leaderConnection, credentials, findsLeader } = parseConnectionString(settings);
    this.#credentials = credentials;
    this.findsLeader = findsLeader;
    this.#requiresLeader = findsLeader;
    this.#createClient = () => createClient(connection);
    this.#createLeaderClient = () => createClient(leaderConnection);
    try {
      this.#client = this.#createClient();
      this.#leaderClient = this.#createLeaderClient();
    } catch (error) {
      throw new LedgerUnusableError(
        `The connection string of the cluster cannot be used: ${describeDriverError(error)}`,
      );
    }
  }

  /** The server that new calls go to, as host:port; undefined while none is known. */
  get server(): string | undefined {
    return this.#client.getServer();
  }

  /** The server that was the leader last. */
  get leader(): string | undefined {
    return this.#leaderClient.getServer();
  }

  /**
   * Leaves the server for the one that leads, also if the operator prefers another: discovers it, and ends the
   * subscriptions and waiting calls of the present one. At most once in CLIENT_REPLACEMENT_INTERVAL_MS.
   */
  leaveServer(): void {
    const now = performance.now();
    if (this.#isClosed || now - this.#replacedAt < CLIENT_REPLACEMENT_INTERVAL_MS) return;
    this.#replacedAt = now;
    this.#consecutiveTimeouts = 0;
    this.#requiresLeader = true;
    const former = this.#client;
    this.#client = this.#createClient();
    this.onReplaced?.();
    for (const abandon of this.#abandonAppends) abandon();
    former.dispose();
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
    const { promise: abandoned, resolve } = Promise.withResolvers<AppendResult>();
    const abandon = (): void => resolve({ type: 'unknown', reason: NO_RESPONSE });
    this.#abandonAppends.add(abandon);
    try {
      return await Promise.race([this.#append(name, expectedRevision, events, timeoutMs), abandoned]);
    } finally {
      this.#abandonAppends.delete(abandon);
    }
  }

  async #append(
    name: string,
    expectedRevision: number,
    events: readonly SerializedEvent[],
    timeoutMs: number,
  ): Promise<AppendResult> {
    const client = this.#client;
    try {
      const { success, nextExpectedRevision } = await client.runAppend(() =>
        client.driver.appendToStream(name, [...events], {
          expectedRevision: expectedRevision < 0 ? NO_STREAM : BigInt(expectedRevision),
          credentials: this.#credentials,
          deadline: timeoutMs,
          // A server that no longer leads says so at once, instead of waiting for the one that does.
          requiresLeader: this.#requiresLeader,
        }),
      );
      this.#consecutiveTimeouts = 0;
      const revision = Number(nextExpectedRevision);
      return success ? { type: 'written', revision } : { type: 'wrong-revision', current: revision };
    } catch (error) {
      const reason = describeDriverError(error);
      if (isTooLarge(error))
        throw new AppendTooLargeError(
          'The events are larger than the cluster accepts in one append, as its servers are configured: split them.',
        );
      if (client === this.#client) this.#countTimeouts(error);
      if (isStreamDeleted(error)) return { type: 'deleted' };
      return { type: isNotWritten(error) ? 'not-written' : 'unknown', reason };
    }
  }

  #countTimeouts(error: unknown): void {
    this.#consecutiveTimeouts = isTimeout(error) ? this.#consecutiveTimeouts + 1 : 0;
    if (this.#consecutiveTimeouts >= MAX_CONSECUTIVE_TIMEOUTS) this.leaveServer();
  }

  /** The event of a stream at a revision; undefined if there is none. Rejects if that cannot be found out. */
  async readEvent(
    name: string,
    revision: number,
    options: ReadOptions = {},
  ): Promise<ResolvedEvent | undefined> {
    const found = await this.#readOne(name, { fromRevision: BigInt(revision) }, options);
    return found?.event?.revision === BigInt(revision) ? found : undefined;
  }

  /** The last event of a stream; undefined if it has none. Rejects if that cannot be found out. */
  readLastEvent(name: string, options: ReadOptions = {}): Promise<ResolvedEvent | undefined> {
    return this.#readOne(name, { fromRevision: END, direction: BACKWARDS }, options);
  }

  #readOne(name: string, range: ReadStreamOptions, options: ReadOptions): Promise<ResolvedEvent | undefined> {
    const { requiresLeader = false } = options;
    return this.#readLast(
      ({ driver }) => driver.readStream(name, { ...range, requiresLeader, maxCount: 1 }),
      options,
    );
  }

  /** The end of the log, as far as the server shows it; undefined if it is empty. Rejects if that cannot be found out. */
  async readLogEnd(options: ReadOptions = {}): Promise<LogEnd | undefined> {
    const { requiresLeader = false } = options;
    const last = await this.#readLast(
      ({ driver }) =>
        driver.readAll({ fromPosition: END, direction: BACKWARDS, requiresLeader, maxCount: 1 }),
      options,
    );
    const { position, streamId } = last?.event ?? {};
    return position && streamId !== undefined ? { position, streamId } : undefined;
  }

  /** The last event of a response; undefined if it has none. Rejects if the client was replaced or closed meanwhile. */
  async #readLast(
    read: (client: ReplaceableClient) => StreamingRead<ResolvedEvent>,
    { requiresLeader = false, signal }: ReadOptions,
  ): Promise<ResolvedEvent | undefined> {
    const client = requiresLeader ? this.#leaderClient : this.#client;
    const response = read(client);
    response.on('error', () => undefined); // the loop below receives it too, but only while it runs
    const abandon = (): void => {
      response.destroy(new Error(NO_RESPONSE));
      if (client === this.#leaderClient) this.#replaceLeaderClient();
    };
    // After a busy moment of this process the timer is due before the response, which has come long ago, was read.
    const responseTimer = setTimeout(() => setImmediate(abandon), RESPONSE_TIMEOUT_MS);
    signal?.addEventListener('abort', abandon);
    try {
      let found: ResolvedEvent | undefined;
      // To the end, or the driver would keep the call open for as long as the client lives.
      for await (const resolved of response) found = resolved;
      if (!found && client.isDisposed()) throw new Error(NO_RESPONSE);
      return found;
    } catch (error) {
      void response.cancel().catch(() => undefined);
      if (isStreamMissing(error)) return undefined;
      throw error;
    } finally {
      clearTimeout(responseTimer);
      signal?.removeEventListener('abort', abandon);
    }
  }

  /** The driver stays on a server that does not respond. */
  #replaceLeaderClient(): void {
    if (this.#isClosed) return;
    this.#leaderClient.dispose();
    this.#leaderClient = this.#createLeaderClient();
  }

  /** All events of one stream after a revision, then new ones. `name` is the cluster's name of the stream. */
  subscribeToStream(name: string, after: number): CatchUpSubscription {
    return this.#client.driver.subscribeToStream(name, {
      fromRevision: after < 0 ? START : BigInt(after),
      requiresLeader: this.#requiresLeader,
    });
  }

  /**
   * All events of the ledger's streams after a position, then new ones. `onProgress` is called while the server reads
   * past events of other streams.
   */
  subscribeToLog(after: LogPosition | undefined, onProgress: () => void): CatchUpSubscription {
    return this.#client.driver.subscribeToAll({
      fromPosition: after ?? START,
      requiresLeader: this.#requiresLeader,
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
  close(): void {
    this.#isClosed = true;
    for (const abandon of this.#abandonAppends) abandon();
    this.#client.dispose();
    this.#leaderClient.dispose();
  }
}
