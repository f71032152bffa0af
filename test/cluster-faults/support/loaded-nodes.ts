// Node processes under load. Clients send commands to all of them all the time, and a history checker compares what they
// were answered with what every node holds.
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeProcess } from '../../cluster/support/node-process.js';
import { assertEqual, HistoryChecker } from '../../durability/support/history-checker.js';
import { createSeededRandom } from '../../durability/support/seeded-random.js';
import {
  createFoundationRequests,
  type RequestOutcome,
  type SentRequest,
  WriteClients,
} from '../../durability/support/write-clients.js';
import { findLeader } from '../../support/kurrentdb/test-kurrentdb.js';
import { waitUntil } from '../../support/wait-until.js';
import { Timeline } from './timeline.js';

/** Of each node. */
const CLIENTS = 2;
const PROBE_INTERVAL_MS = 100;
const STATE_INTERVAL_MS = 100;
/** For the load before a fault, and after it. */
const STEADY_MS = 2_000;
/** How many commands whose outcome is open are sent again at the same time. */
const RESOLVERS = 4;

type Fault = (timeline: Timeline) => Promise<void>;

export class LoadedNodes {
  readonly nodes: readonly NodeProcess[];
  readonly #history = new HistoryChecker();
  readonly #random: (below: number) => number;
  #secret = '';
  /** So many commands of the clients had numbers. */
  #count = 1;
  /** The probes of the present run. */
  readonly #probes = new Map<SentRequest, RequestOutcome>();
  #probeCount = 0;

  /** `connections` has one connection string for each node. */
  constructor(
    connections: readonly string[],
    prefix: string,
    private readonly seed: number,
  ) {
    this.#random = createSeededRandom(seed);
    this.nodes = connections.map((LEDGER) => new NodeProcess({ LEDGER, LEDGER_PREFIX: prefix }));
  }

  get adminKey(): string {
    return this.#secret;
  }

  async start(): Promise<void> {
    for (const node of this.nodes) await node.start(); // the first one creates the key
    this.#secret = this.nodes[0]!.readAdminKey();
    for (const sent of createFoundationRequests()) await this.#resolve(sent);
  }

  /**
   * Lets a fault happen under load, then waits until all nodes are live. Rejects unless every acknowledged event is
   * recorded once, none of a refused command, and all nodes have the same entries without a gap and the same root.
   * `leaderOf`: the cluster whose leader is watched.
   */
  async run(name: string, fault: Fault, leaderOf?: string): Promise<void> {
    const timeline = new Timeline();
    const load = new AbortController();
    const probing = this.#probe(timeline, load.signal);
    const watching = [
      ...this.nodes.map((node) => watchState(node, timeline, load.signal)),
      ...(leaderOf === undefined ? [] : [watchLeader(leaderOf, timeline, load.signal)]),
    ];
    const clients = this.nodes.map(
      ({ url }, index) =>
        new WriteClients(this.#random, url, this.#secret, this.#count + index, this.nodes.length),
    );
    const running = clients.map((each) => each.run(CLIENTS, () => undefined));
    try {
      await sleep(STEADY_MS);
      await fault(timeline);
      await this.#waitUntilLive();
      await sleep(STEADY_MS);
    } finally {
      timeline.markEnd();
      load.abort();
      for (const each of clients) each.stop();
      await Promise.all([...running, ...watching, probing]);
    }
    timeline.print(name, this.#collect(clients));
    await this.#check();
  }

  /** Sends a command to each node every PROBE_INTERVAL_MS, whether or not the earlier ones were answered. */
  async #probe(timeline: Timeline, signal: AbortSignal): Promise<void> {
    const pending: Promise<void>[] = [];
    while (!signal.aborted) {
      for (const { url } of this.nodes) pending.push(this.#sendProbe(url, timeline));
      await sleep(PROBE_INTERVAL_MS);
    }
    await Promise.all(pending);
  }

  async #sendProbe(url: string, timeline: Timeline): Promise<void> {
    const source = `probe-${this.#probeCount++}`;
    const sent = {
      number: 0,
      key: source,
      path: '/commands/register-source',
      body: { source, title: source },
      facts: 1,
    };
    const sentAt = performance.now();
    const outcome = await new WriteClients(this.#random, url, this.#secret, 0).send(sent);
    this.#probes.set(sent, outcome);
    timeline.addAnswer({ sentAt, answeredAt: performance.now(), isRecorded: outcome.is === 'recorded' });
  }

  async #waitUntilLive(): Promise<void> {
    for (const { url, program } of this.nodes)
      await waitUntil(async () => {
        if (program?.child.exitCode !== null) throw new Error(`A node has ended: ${program?.stderr}`);
        return (await fetch(`${url}/health/ready?for=commands`)).ok;
      });
  }

  /** Adds the outcomes of a run to the history, and counts them. */
  #collect(clients: readonly WriteClients[]): { readonly [outcome: string]: number } {
    const length = this.nodes.length;
    this.#count +=
      length * Math.ceil((Math.max(...clients.map(({ count }) => count)) - this.#count) / length);
    const counts = { recorded: 0, refused: 0, 'outcome unknown': 0, 'not recorded': 0 };
    for (const outcomes of [this.#probes, ...clients.map((each) => each.outcomes)])
      for (const [sent, outcome] of outcomes) {
        this.#history.outcomes.set(sent, outcome);
        if (outcome.is !== 'unknown') counts[outcome.is] += 1;
        else counts[outcome.code === undefined || outcome.code === 'outcome-unknown' ? 'outcome unknown' : 'not recorded'] += 1; // prettier-ignore
      }
    this.#probes.clear();
    return counts;
  }

  async #check(): Promise<void> {
    try {
      const unresolved = this.#history.unresolvedRequests.values();
      const resolveAll = async (): Promise<void> => {
        for (const sent of unresolved) await this.#resolve(sent);
      };
      await Promise.all(Array.from({ length: RESOLVERS }, resolveAll));
      const head = Math.max(...(await Promise.all(this.nodes.map((node) => node.readHead()))));
      const roots = await Promise.all(this.nodes.map((node) => node.waitForRoot(head)));
      assertEqual('the number of different roots', new Set(roots).size, 1);
      for (const { url } of this.nodes) await this.#history.check(url);
    } catch (error) {
      const stderrText = this.nodes.map(({ program }) => program?.stderr ?? '').join('');
      throw new Error(`With MINUTEBOOK_SEED=${this.seed}: ${String(error)}\n${stderrText}`, { cause: error });
    }
  }

  /** Sends the command again, with its key, to one node after the other until its outcome is known. */
  async #resolve(sent: SentRequest): Promise<void> {
    let outcome: RequestOutcome = { is: 'unknown' };
    while (outcome.is === 'unknown') {
      const { url } = this.nodes[this.#random(this.nodes.length)]!;
      outcome = await new WriteClients(this.#random, url, this.#secret, 0).send(sent);
      if (outcome.is === 'unknown') await sleep(PROBE_INTERVAL_MS);
    }
    this.#history.outcomes.set(sent, outcome);
  }
}

async function watchState({ url }: NodeProcess, timeline: Timeline, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { cluster } = (await (await fetch(`${url}/health/ready`)).json()) as { cluster: string };
    if (cluster === 'cut-off') timeline.addCutOff(url);
    await sleep(STATE_INTERVAL_MS);
  }
}

async function watchLeader(cluster: string, timeline: Timeline, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await findLeader(cluster).then(
      () => timeline.addLeader(),
      () => undefined,
    );
    await sleep(STATE_INTERVAL_MS);
  }
}
