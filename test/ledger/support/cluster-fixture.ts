// Nodes of a cluster, each with a ledger of its own, over one KurrentDB: a double, or the server at KURRENTDB_URL.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { filter, firstValueFrom, startWith } from 'rxjs';
import { KurrentDbSequencer } from '../../../src/ledger/kurrentdb/kurrentdb-sequencer.js';
import type { SequencerTimeouts } from '../../../src/ledger/kurrentdb/timeouts.js';
import { serializeEvent } from '../../../src/ledger/kurrentdb/client/event-serializer.js';
import type { ConnectionState } from '../../../src/ledger/sequencer.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { startDouble, startKurrentDb, type TestKurrentDb } from '../../support/kurrentdb/test-kurrentdb.js';
import type { KurrentDbDoubleOptions, KurrentDbDouble } from '../../support/kurrentdb/kurrentdb-double.js';
import { createProposedEvent } from '../../support/kurrentdb/transaction-log.js';
import { countEvents, readEndOfLog } from '../../support/kurrentdb/other-client.js';
import { createAppend } from './create-append.js';
import { createTemporaryDirectory } from './temporary-directory.js';
import { assertLedgerIntegrity } from './ledger-integrity.js';

type NodeOptions = {
  /** The file of an existing node. */
  readonly file?: string;
  readonly prefix?: string;
  /** By default all nodes of the cluster. */
  readonly connection?: string;
  readonly timeouts?: Partial<SequencerTimeouts>;
  readonly now?: () => number;
};

/** A node without HTTP, read models and commands. */
export class ClusterNode {
  /** The messages of `onFatal`. */
  readonly fatalMessages: string[] = [];
  readonly warnings: string[] = [];
  sequencer!: KurrentDbSequencer;
  ledger!: SqliteLedger;
  #isClosed = false;

  constructor(readonly file: string) {}

  /** Resolves when the node has this connection state. */
  async waitForState(state: ConnectionState): Promise<void> {
    while (this.sequencer.connectionState !== state) {
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

  private constructor(
    private readonly server: TestKurrentDb,
    /** The end of the server's log before the first event of the ledger. */
    private readonly begin: Awaited<ReturnType<typeof readEndOfLog>>,
  ) {}

  static async start(options?: KurrentDbDoubleOptions): Promise<ClusterFixture> {
    return ClusterFixture.#on(await startKurrentDb(options));
  }

  /** Over a double, also when KURRENTDB_URL names a server. */
  static async startDouble(options?: KurrentDbDoubleOptions): Promise<ClusterFixture> {
    return ClusterFixture.#on(await startDouble(options));
  }

  static async #on(server: TestKurrentDb): Promise<ClusterFixture> {
    return new ClusterFixture(server, await readEndOfLog(server.connectionString));
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

  /** The name of a stream of the ledger in the cluster. */
  toClusterStreamName(stream: string): string {
    return `${this.prefix}/${stream}`;
  }

  /** Appends as another client of the cluster. */
  appendFromOtherClient(
    stream: string,
    expectedRevision: number,
    texts: readonly string[] = ['elsewhere'],
  ): void {
    const events = createAppend(stream, expectedRevision, texts).events.map((event) => {
      const { type, data, metadata, id } = serializeEvent(event, new Date().toISOString());
      return createProposedEvent(type, data, metadata, id);
    });
    const expected = expectedRevision < 0 ? 'no_stream' : BigInt(expectedRevision);
    const { outcome } = this.double.log.append(this.toClusterStreamName(stream), expected, events);
    if (outcome !== 'recorded') throw new Error(`not recorded: ${outcome}`);
  }

  /** Resolves when these nodes have all events of the ledger. */
  async waitUntilCaughtUp(...nodes: readonly ClusterNode[]): Promise<void> {
    const length = await countEvents(this.connection, this.toClusterStreamName(''), this.begin);
    for (const { sequencer, ledger } of nodes) {
      const isReached = sequencer.heads.pipe(
        startWith(ledger.getHead().entry),
        filter((head) => head >= length),
      );
      await firstValueFrom(isReached);
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

  /** Closes a node and keeps its file. */
  async closeNode(node: ClusterNode): Promise<string> {
    this.#openNodes.delete(node);
    await node.close();
    return node.file;
  }

  /** Closes everything and checks the ledger of every node. */
  async removeAll(): Promise<void> {
    // Closed first, because events of other nodes may still be arriving.
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
