// The requests of a cluster that changed nothing are events of the stream `<prefix>!requests`, in this shape. They are
// stored forever: a new shape is read beside the old one.
//
//   RequestUnchanged { "key", "body", "stream", "revision", "entry" }
//
// Every node replicates the stream into its file of the keys. What another node has just stored may not have come yet.
import { randomUUID } from 'node:crypto';
import { NoOpRequestTable } from '../../sqlite/no-op-request-table.js';
import type { NoOpRequest, NoOpRequests } from '../../no-op-requests.js';
import type { KurrentDbSettings } from '../client/connection-string.js';
import { KurrentDbConnection } from '../client/kurrentdb-connection.js';
import {
  type ReplicatedEvent,
  ReplicatedStream,
  type ReplicatedStreamHandler,
  type StreamPosition,
} from './replicated-stream.js';

type ClusterNoOpRequestsOptions = {
  readonly cluster: KurrentDbSettings;
  /** This node's copy; `:memory:` for none. */
  readonly file: string;
  readonly warn: (message: string) => void;
};

export class ClusterNoOpRequests implements NoOpRequests, ReplicatedStreamHandler {
  readonly #table: NoOpRequestTable;
  readonly #connection: KurrentDbConnection;
  readonly #stream: ReplicatedStream;

  /** Starts to replicate the stream. */
  constructor(private readonly options: ClusterNoOpRequestsOptions) {
    this.#connection = new KurrentDbConnection(options.cluster);
    this.#table = new NoOpRequestTable(options.file);
    this.#table.db.exec(
      'CREATE TABLE IF NOT EXISTS followed_requests (one INTEGER PRIMARY KEY, revision INTEGER NOT NULL, id TEXT NOT NULL) STRICT',
    );
    this.#stream = new ReplicatedStream(this.#connection, 'requests', this);
    this.#stream.start();
  }

  find(key: string): NoOpRequest | undefined {
    return this.#table.find(key);
  }

  async add(request: NoOpRequest): Promise<NoOpRequest> {
    const event = { id: randomUUID(), type: 'RequestUnchanged', data: request };
    await this.#stream.append(() => (this.#table.find(request.key) ? undefined : event));
    return this.#table.find(request.key) ?? request;
  }

  async close(): Promise<void> {
    this.#connection.close(); // ends reads in flight
    await this.#stream.stop();
    this.#table.close();
  }

  loadPosition(): Promise<StreamPosition | undefined> {
    const position = this.#table.db.prepare('SELECT revision, id FROM followed_requests').get();
    return Promise.resolve(position as StreamPosition | undefined);
  }

  handleEvent(event: ReplicatedEvent): Promise<void> {
    const { db } = this.#table;
    db.transaction(() => {
      const request = parseRequest(event);
      if (!request)
        this.options.warn(
          `${this.#stream.name}@${event.revision} is unknown to this release, so this node ignores it: update the node to the release that wrote it.`,
        );
      else if (!this.#table.find(request.key)) this.#table.put(request);
      db.prepare('REPLACE INTO followed_requests VALUES (1, @revision, @id)').run(event);
    })();
    return Promise.resolve();
  }

  /** The node starts over with what the cluster has: its ledger is what it was when the cluster was saved. */
  handleReplacedStream(message: string): boolean {
    this.options.warn(`${message} This node replaces its idempotency keys with those of the cluster.`);
    this.#table.db.exec('DELETE FROM unchanged_requests; DELETE FROM followed_requests');
    return true;
  }
}

/** Undefined if this release does not know the event. */
function parseRequest({ type, data }: ReplicatedEvent): NoOpRequest | undefined {
  const { key, body, stream, revision, entry } = data;
  const isKnown =
    type === 'RequestUnchanged' &&
    [key, body, stream].every((text) => typeof text === 'string') &&
    [revision, entry].every(Number.isSafeInteger);
  return isKnown ? ({ key, body, stream, revision, entry } as NoOpRequest) : undefined;
}
