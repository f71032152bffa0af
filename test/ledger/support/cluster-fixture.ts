// Nodes of a cluster, each with a ledger of its own, over one KurrentDB: a double, or the server at KURRENTDB_URL.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { filter, firstValueFrom, startWith } from 'rxjs';
import { KurrentDbSequencer } from '../../../src/ledger/kurrentdb/kurrentdb-sequencer.js';
import type { SequencerTimeouts } from '../../../src/ledger/kurrentdb/timeouts.js';
import { serializeEvent } from '../../../src/ledger/kurrentdb/client/event-serializer.js';
import type { ConnectionState } from '../../../src/ledger/sequencer.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { startKurrentDb, type TestKurrentDb } from '../../support/kurrentdb/test-kurrentdb.js';
import type { KurrentDbDoubleOptions, KurrentDbDouble } from '../../support/kurrentdb/kurrentdb-double.js';
import { createProposedEvent } from '../../support/kurrentdb/transaction-log.js';
import { createAppend } from './create-append.js';
import { createTemporaryDirectory } from './temporary-directory.js';
import { assertLedgerIntegrity } from './ledger-integrity.js';

type NodeOptions = {
  /** Of a node that was there before. */
  readonly file?: string;
  readonly prefix?: string;
  /** By default to all of the cluster. */
  readonly connection?: string;
  readonly timeouts?: Partial<SequencerTimeouts>;
  readonly now?: () => number;
};

/** A node without HTTP, read models and rules. */
export class ClusterNode {
  /** With which sentences it would have ended its process. */
  readonly fatalMessages: string[] = [];
  readonly warnings: string[] = [];
  sequencer!: KurrentDbSequencer;
  ledger!: SqliteLedger;
  #isClosed = false;

  constructor(readonly file: string) {}

  /** Resolves when it stands so to the cluster. */
  async waitForState(condition: ConnectionState): Promise<void> {
    while (this.sequencer.connectionState !== condition) {
      if (this.#isClosed) throw new Error(`It was closed while it was ${this.sequencer.connectionState}.`);
      await sleep(5);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.sequencer.close();
    this.ledger.close();
  }
}

export class ClusterFixture {
  readonly #openNodes = new Set<ClusterNode>();

  private constructor(private readonly server: TestKurrentDb) {}

  static async start(options?: KurrentDbDoubleOptions): Promise<ClusterFixture> {
    return new ClusterFixture(await startKurrentDb(options));
  }

  get prefix(): string {
    return this.server.prefix;
  }

  get double(): KurrentDbDouble {
    if (!this.server.double) throw new Error('a real server cannot be made to fail');
    return this.server.double;
  }

  get connection(): string {
    return this.server.connectionString;
  }

  /** What a stream of the ledger is called in the cluster. */
  toClusterStreamName(stream: string): string {
    return `${this.prefix}/${stream}`;
  }

  /** Somebody else, who is no node of this place, records something. */
  appendFromOtherClient(
    stream: string,
    expectedRevision: number,
    words: readonly string[] = ['elsewhere'],
  ): void {
    const events = createAppend(stream, expectedRevision, words).events.map((event) => {
      const { type, data, metadata, id } = serializeEvent(event, new Date().toISOString());
      return createProposedEvent(type, data, metadata, id);
    });
    const expected = expectedRevision < 0 ? 'no_stream' : BigInt(expectedRevision);
    const { outcome } = this.double.log.append(this.toClusterStreamName(stream), expected, events);
    if (outcome !== 'recorded') throw new Error(`not recorded: ${outcome}`);
  }

  /** Resolves when these nodes have all that the ledger's streams hold. */
  async waitUntilCaughtUp(...nodes: readonly ClusterNode[]): Promise<void> {
    const { length } = this.double.log.all.filter(({ stream }) =>
      stream.startsWith(this.toClusterStreamName('')),
    );
    for (const { sequencer, ledger } of nodes) {
      const there = sequencer.heads.pipe(
        startWith(ledger.getHead().entry),
        filter((head) => head >= length),
      );
      await firstValueFrom(there);
    }
  }

  async openNode({
    file = join(createTemporaryDirectory(), 'ledger.db'),
    prefix = this.prefix,
    connection = this.connection,
    ...options
  }: NodeOptions = {}): Promise<ClusterNode> {
    const node = new ClusterNode(file);
    node.sequencer = await KurrentDbSequencer.open({
      file,
      cluster: { connection, prefix },
      onFatal: (sentence) => node.fatalMessages.push(sentence),
      warn: (sentence) => node.warnings.push(sentence),
      ...options,
    });
    node.ledger = new SqliteLedger(file);
    this.#openNodes.add(node);
    return node;
  }

  /** Ends a node; what is left of it is its file. */
  async closeNode(node: ClusterNode): Promise<string> {
    this.#openNodes.delete(node);
    await node.close();
    return node.file;
  }

  /** Checks every node's book and closes everything. */
  async removeAll(): Promise<void> {
    // Closed first: what others have recorded may still be on its way into a book that is open.
    const files = [...this.#openNodes].map(({ file }) => file);
    for (const node of [...this.#openNodes]) await this.closeNode(node);
    await this.server.stop();
    for (const file of files) {
      const ledger = new SqliteLedger(file);
      try {
        assertLedgerIntegrity(ledger);
      } finally {
        ledger.close();
      }
    }
  }
}
