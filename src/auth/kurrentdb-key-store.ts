// The API keys of a cluster are events of the stream `<prefix>!keys`, in these shapes. They are stored forever: a new shape
// is read beside the old one.
//
//   KeyAdded   { "name", "role", "hash": "<SHA-256 of the secret, hex>", "createdAt": "<RFC 3339>" }
//   KeyRevoked { "name", "revokedAt": "<RFC 3339>" }
//
// A node appends only behind the last event that it has seen, so a name is added once. Every node replicates the stream
// into a file of its own and answers from that, also while it is cut off.
import { randomUUID } from 'node:crypto';
import type { KurrentDbSettings } from '../ledger/kurrentdb/client/connection-string.js';
import { KurrentDbConnection } from '../ledger/kurrentdb/client/kurrentdb-connection.js';
import {
  type ReplicatedStreamHandler,
  type StreamPosition,
  type ReplicatedEvent,
  ReplicatedStream,
} from '../ledger/kurrentdb/replication/replicated-stream.js';
import { LedgerUnusableError } from '../ledger/ledger-unusable-error.js';
import { type Role, ROLES } from './authorization.js';
import type { StoredApiKey, KeyStore, LocalKeys } from './key-store.js';
import { KeyTable } from './key-table.js';

type KurrentDbKeyStoreOptions = {
  readonly cluster: KurrentDbSettings;
  /** This node's copy of the keys; `:memory:` for none. */
  readonly file: string;
  readonly warn: (message: string) => void;
};

export class KurrentDbKeyStore implements KeyStore, ReplicatedStreamHandler {
  readonly #table: KeyTable;
  readonly #connection: KurrentDbConnection;
  readonly #stream: ReplicatedStream;

  /** Starts to replicate the stream. Throws LedgerUnusableError. */
  constructor(private readonly options: KurrentDbKeyStoreOptions) {
    const { cluster, file } = options;
    this.#connection = new KurrentDbConnection(cluster);
    this.#table = new KeyTable(file);
    if (!this.#table.isEmpty() && !this.#hasPosition())
      throw new LedgerUnusableError(
        `${file} contains keys that were not created in a cluster: move it away, and create keys in the cluster.`,
      );
    this.#table.db.exec(
      'CREATE TABLE IF NOT EXISTS followed (one INTEGER PRIMARY KEY, revision INTEGER NOT NULL, id TEXT NOT NULL) STRICT',
    );
    this.#stream = new ReplicatedStream(this.#connection, 'keys', this);
    this.#stream.start();
  }

  get known(): LocalKeys {
    return this.#table;
  }

  get doubt(): string | undefined {
    return this.#stream.doubt;
  }

  getAgeMs(): number {
    return this.#stream.getUnconfirmedMs();
  }

  add(key: StoredApiKey): Promise<boolean> {
    return this.#appendKey(key, () => this.#table.isNameUsed(key.name));
  }

  addFirst(key: StoredApiKey): Promise<boolean> {
    return this.#appendKey(key, () => !this.#table.isEmpty());
  }

  revoke(name: string, revokedAt: string): Promise<boolean> {
    const event = { id: randomUUID(), type: 'KeyRevoked', data: { name, revokedAt } };
    return this.#stream.append(() => (this.#table.hasValidKey(name) ? event : undefined));
  }

  refresh(): Promise<void> {
    return this.#stream.catchUp();
  }

  async close(): Promise<void> {
    this.#connection.close(); // ends reads in flight
    await this.#stream.stop();
    this.#table.close();
  }

  loadPosition(): Promise<StreamPosition | undefined> {
    const position = this.#table.db.prepare('SELECT revision, id FROM followed').get();
    return Promise.resolve(position as StreamPosition | undefined);
  }

  handleEvent(event: ReplicatedEvent): Promise<void> {
    const { db } = this.#table;
    db.transaction(() => {
      if (!this.#applyEvent(event))
        this.options.warn(
          `${this.#stream.name}@${event.revision} is unknown to this release, so this node ignores it: update the node to the release that wrote it, delete keys.db and start again.`,
        );
      db.prepare('REPLACE INTO followed VALUES (1, @revision, @id)').run(event);
    })();
    return Promise.resolve();
  }

  /**
   * The cluster may have lost the revocation of a key, so the node does not start over by itself. The event comes back
   * if a server only had to catch up.
   */
  handleReplacedStream(message: string): boolean {
    this.options.warn(
      `${message} This node continues with the keys that it has for the time of KEYS_TRUST, and then accepts none; it learns of no changes, and lets nobody administer it. That ends when the cluster has the event again. If the cluster was restored from a backup on purpose, stop this node, delete keys.db and start again: it then has the keys of the cluster.`,
    );
    return false;
  }

  #appendKey(key: StoredApiKey, isTaken: () => boolean): Promise<boolean> {
    const { name, role, createdAt } = key;
    const data = { name, role, createdAt, hash: key.hash.toString('hex') };
    const event = { id: randomUUID(), type: 'KeyAdded', data };
    return this.#stream.append(() => (isTaken() ? undefined : event));
  }

  /** Returns whether this release knows the event. */
  #applyEvent({ type, data }: ReplicatedEvent): boolean {
    const { name, role, hash, createdAt, revokedAt } = data;
    if (typeof name !== 'string') return false;
    if (type === 'KeyRevoked' && typeof revokedAt === 'string') {
      this.#table.revoke(name, revokedAt);
      return true;
    }
    const isKey =
      type === 'KeyAdded' &&
      ROLES.includes(role as Role) &&
      typeof createdAt === 'string' &&
      typeof hash === 'string' &&
      /^[0-9a-f]{64}$/.test(hash);
    if (isKey) this.#table.add({ name, role: role as Role, createdAt, hash: Buffer.from(hash, 'hex') });
    return isKey;
  }

  #hasPosition(): boolean {
    const table = this.#table.db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'followed'").get();
    return table !== undefined && this.#table.db.prepare('SELECT 1 FROM followed').get() !== undefined;
  }
}
