// Nodes of a cluster, each with a ledger of its own, over one KurrentDB: a double, or the server at KURRENTDB_URL.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { filter, firstValueFrom, startWith } from 'rxjs';
import { KurrentSequencer, type Patience } from '../../../src/ledger/kurrentdb/kurrentdb-sequencer.js';
import { storedEvent } from '../../../src/ledger/kurrentdb/client/event-serializer.js';
import type { Condition } from '../../../src/ledger/sequencer.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { kurrentdb, type Kurrentdb } from '../../support/kurrentdb/test-kurrentdb.js';
import type { DoubleOptions, KurrentDouble } from '../../support/kurrentdb/kurrentdb-double.js';
import { proposed } from '../../support/kurrentdb/transaction-log.js';
import { append } from './create-append.js';
import { folder } from './temporary-directory.js';
import { whole } from './ledger-integrity.js';

export type NodeOptions = {
  /** Of a node that was there before. */
  readonly file?: string;
  readonly prefix?: string;
  /** By default to all of the cluster. */
  readonly connection?: string;
  readonly patience?: Partial<Patience>;
  readonly now?: () => number;
};

/** A node without HTTP, read models and rules. */
export class ClusterNode {
  /** With which sentences it would have ended its process. */
  readonly ends: string[] = [];
  readonly warnings: string[] = [];
  sequencer!: KurrentSequencer;
  ledger!: SqliteLedger;
  #isClosed = false;

  constructor(readonly file: string) {}

  /** Resolves when it stands so to the cluster. */
  async becomes(condition: Condition): Promise<void> {
    while (this.sequencer.condition !== condition) {
      if (this.#isClosed) throw new Error(`It was closed while it was ${this.sequencer.condition}.`);
      await sleep(5);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.sequencer.close();
    this.ledger.close();
  }
}

export class ClusterPlace {
  readonly #open = new Set<ClusterNode>();

  private constructor(private readonly server: Kurrentdb) {}

  static async start(options?: DoubleOptions): Promise<ClusterPlace> {
    return new ClusterPlace(await kurrentdb(options));
  }

  get prefix(): string {
    return this.server.prefix;
  }

  get double(): KurrentDouble {
    if (!this.server.double) throw new Error('a real server cannot be made to fail');
    return this.server.double;
  }

  get connection(): string {
    return this.server.connectionString;
  }

  /** What a stream of the ledger is called in the cluster. */
  nameOf(stream: string): string {
    return `${this.prefix}/${stream}`;
  }

  /** Somebody else, who is no node of this place, records something. */
  elsewhere(stream: string, expectedRevision: number, words: readonly string[] = ['elsewhere']): void {
    const events = append(stream, expectedRevision, words).events.map((event) => {
      const { type, data, metadata, id } = storedEvent(event, new Date().toISOString());
      return proposed(type, data, metadata, id);
    });
    const expected = expectedRevision < 0 ? 'no_stream' : BigInt(expectedRevision);
    const { outcome } = this.double.log.append(this.nameOf(stream), expected, events);
    if (outcome !== 'recorded') throw new Error(`not recorded: ${outcome}`);
  }

  /** Resolves when these nodes have all that the ledger's streams hold. */
  async caughtUp(...nodes: readonly ClusterNode[]): Promise<void> {
    const { length } = this.double.log.all.filter(({ stream }) => stream.startsWith(this.nameOf('')));
    for (const { sequencer, ledger } of nodes) {
      const there = sequencer.heads.pipe(
        startWith(ledger.head().entry),
        filter((head) => head >= length),
      );
      await firstValueFrom(there);
    }
  }

  async node({
    file = join(folder(), 'ledger.db'),
    prefix = this.prefix,
    connection = this.connection,
    ...options
  }: NodeOptions = {}): Promise<ClusterNode> {
    const node = new ClusterNode(file);
    node.sequencer = await KurrentSequencer.open({
      file,
      cluster: { connection, prefix },
      onLost: (sentence) => node.ends.push(sentence),
      warn: (sentence) => node.warnings.push(sentence),
      ...options,
    });
    node.ledger = new SqliteLedger(file);
    this.#open.add(node);
    return node;
  }

  /** Ends a node; what is left of it is its file. */
  async close(node: ClusterNode): Promise<string> {
    this.#open.delete(node);
    await node.close();
    return node.file;
  }

  /** Checks every node's book and closes everything. */
  async remove(): Promise<void> {
    // Closed first: what others have recorded may still be on its way into a book that is open.
    const files = [...this.#open].map(({ file }) => file);
    for (const node of [...this.#open]) await this.close(node);
    await this.server.stop();
    for (const file of files) {
      const ledger = new SqliteLedger(file);
      try {
        whole(ledger);
      } finally {
        ledger.close();
      }
    }
  }
}
