// A stand-in for KurrentDB that speaks its real protocol, for tests: the client package runs unmodified over a socket.
//
// The service definitions are those that @eventstore/db-client ships; decisions and responses follow the source of
// KurrentDB 25 (github.com/kurrent-io/KurrentDB). One transaction log is shared by all nodes of a double. It serves
// appends and batch appends, deletion, reads and catch-up subscriptions of a stream and of $all, server features and
// gossip.
//
// What it does not do:
// - No TLS, no users and no access control: credentials are accepted without a check.
// - Nothing is on disk: the log lives as long as the double. Stopping nodes keeps it, as a restart would.
// - No replication: a node lags behind the others only when a test makes it, and an election takes no time.
// - No links, no projections, no persistent subscriptions, no scavenging unless a test asks for it, no $maxAge, $maxCount
//   or $tb beyond what a reader of a stream sees.
// - No explicit transactions: commit and prepare positions are the same, as they are for everything written by gRPC.
// - Regular expressions of filters are JavaScript's. The server's own events are a few specimens.
// - Deadlines of batch appends are ignored.
// - A subscription never falls behind, and sends checkpoints as often when it is live as when it catches up.
import { Faults } from './faults.js';
import { type LogBackup, TransactionLog } from './transaction-log.js';
import { type DoubleCluster, DoubleNode } from './double-node.js';

export type KurrentDbDoubleOptions = {
  readonly nodes?: number;
  /** Bytes of one append: those of data and metadata and, twice, those of the types. */
  readonly maxAppendSize?: number;
  /** Bytes of one event of an append, counted alike; not checked for batch appends. */
  readonly maxAppendEventSize?: number;
  /** After so many appends the server records statistics of its own; 0 for never. */
  readonly statisticsAfter?: number;
};

export class KurrentDbDouble implements DoubleCluster {
  readonly log: TransactionLog;
  /** The faults of all nodes. */
  readonly faults = new Faults();
  readonly nodes: readonly DoubleNode[];
  readonly maxAppendSize: number;
  readonly maxAppendEventSize: number;
  #leader: DoubleNode | undefined;

  private constructor({
    nodes = 1,
    maxAppendSize = 1024 * 1024,
    maxAppendEventSize = Infinity,
    statisticsAfter,
  }: KurrentDbDoubleOptions) {
    this.maxAppendEventSize = maxAppendEventSize;
    this.log = new TransactionLog(statisticsAfter);
    this.maxAppendSize = maxAppendSize;
    this.nodes = Array.from({ length: nodes }, () => new DoubleNode(this));
  }

  static async start(options: KurrentDbDoubleOptions = {}): Promise<KurrentDbDouble> {
    const double = new KurrentDbDouble(options);
    await double.start();
    return double;
  }

  /** Names all nodes; if there are several, the client discovers the leader by gossip. */
  get connectionString(): string {
    return `esdb://${this.nodes.map(({ host, port }) => `${host}:${port}`).join(',')}?tls=false`;
  }

  get leader(): DoubleNode | undefined {
    return this.#leader;
  }

  /** Starts stopped nodes, on their previous ports. */
  async start(): Promise<void> {
    for (const node of this.nodes) await node.start();
  }

  /** Stops all nodes; the log is kept for the next start. */
  async stop(): Promise<void> {
    for (const node of this.nodes) await node.stop();
  }

  /** Cuts all connections; the nodes keep running. */
  disconnect(): void {
    for (const node of this.nodes) node.disconnect();
  }

  /** Makes a node the leader. */
  elect(node: DoubleNode): void {
    if (node === this.#leader) return;
    this.#leader = node;
    this.log.forgetIds();
  }

  /** Restores a backup, as an operator does: stops all nodes and starts them on the older log. */
  async restore(backup: LogBackup): Promise<void> {
    await this.stop();
    this.log.restore(backup);
    await this.start();
  }

  /** Without a majority there is no leader. A leader that the others can reach remains the leader. */
  onMembershipChanged(): void {
    const alive = this.nodes.filter(({ isAlive }) => isAlive);
    if (alive.length * 2 <= this.nodes.length) this.#leader = undefined;
    else if (this.#leader === undefined || !alive.includes(this.#leader)) this.elect(alive[0]!);
  }
}
