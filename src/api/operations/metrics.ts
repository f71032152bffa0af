// What Prometheus reads of this node.
import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Checkpoints } from '../../ledger/checkpoints/checkpoints.js';
import { Sequencer } from '../../ledger/sequencer.js';
import { AppendMeter } from '../../node/append-meter.js';
import { Readiness } from '../../node/readiness.js';
import { RELEASE } from '../../node/release.js';
import { ReadModels } from '../../read-models/read-models.js';
import { SseConnections } from '../shared/sse-connections.js';

const MILLISECONDS_PER_SECOND = 1_000;
/** Upper bounds in seconds: from an answer of the cache to what waits for an entry. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type MeasuredRequest = {
  readonly method: string;
  /** The template of the address; undefined for one that does not exist. */
  readonly route: string | undefined;
  readonly status: number;
  readonly durationMs: number;
};

/** Memory, garbage collection and delay of the event loop are of the process, however many servers are in it. */
const createProcessRegistry = (): Registry => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
};
let processRegistry: Registry | undefined;

@Injectable()
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: 'minutebook_http_request_duration_seconds',
    help: 'Time until the answer to a request was written, but for event streams.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers: [this.#registry],
  });
  readonly #appends = new Histogram({
    name: 'minutebook_append_duration_seconds',
    help: 'Time until the outcome of an append was known: appended, stale, out-of-time or failed.',
    labelNames: ['outcome'],
    buckets: DURATION_BUCKETS,
    registers: [this.#registry],
  });
  readonly #events = new Counter({
    name: 'minutebook_appended_events_total',
    help: 'Events that this node recorded since its start.',
    registers: [this.#registry],
  });

  constructor(
    private readonly sequencer: Sequencer,
    private readonly readModels: ReadModels,
    private readonly readiness: Readiness,
    private readonly checkpoints: Checkpoints,
    private readonly connections: SseConnections,
    appendMeter: AppendMeter,
  ) {
    appendMeter.measured.subscribe(({ events, outcome, durationMs }) => {
      this.#appends.observe({ outcome }, durationMs / MILLISECONDS_PER_SECOND);
      if (outcome === 'appended') this.#events.inc(events);
    });
    this.#addRelease();
    this.#addLedgerGauges();
    this.#addReadModelGauges();
    this.#addClusterGauges();
  }

  observeRequest({ method, route = 'none', status, durationMs }: MeasuredRequest): void {
    this.#requests.observe({ method, route, status }, durationMs / MILLISECONDS_PER_SECOND);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in the text format of Prometheus. */
  render(): Promise<string> {
    processRegistry ??= createProcessRegistry();
    return Registry.merge([this.#registry, processRegistry]).metrics();
  }

  #addRelease(): void {
    new Gauge({
      name: 'minutebook_build_info',
      help: 'Always 1; the label is the release.',
      labelNames: ['version'],
      registers: [this.#registry],
    }).set({ version: RELEASE }, 1);
  }

  /** A gauge that is read when Prometheus asks. `read` may give it labels. */
  #addGauge(
    name: string,
    help: string,
    read: (gauge: Gauge) => void,
    labelNames: readonly string[] = [],
  ): void {
    new Gauge({
      name: `minutebook_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset();
        read(this);
      },
    });
  }

  #addLedgerGauges(): void {
    const { readiness, checkpoints, connections } = this;
    this.#addGauge('ledger_head', 'The last entry of this node.', (gauge) => {
      const { entry } = readiness.state;
      if (entry !== null) gauge.set(entry);
    });
    this.#addGauge(
      'ready',
      '1 while reads are served, or commands recorded.',
      (gauge) => {
        const { reads, commands } = readiness.state;
        gauge.set({ for: 'reads' }, Number(reads));
        gauge.set({ for: 'commands' }, Number(commands));
      },
      ['for'],
    );
    this.#addGauge('diverged', '1 while the ledger contradicts a checkpoint.', (gauge) =>
      gauge.set(Number(checkpoints.fault !== undefined)),
    );
    this.#addGauge('open_event_streams', 'Event streams that are open.', (gauge) =>
      gauge.set(connections.openCount),
    );
  }

  #addReadModelGauges(): void {
    const { readModels } = this;
    const add = (
      name: string,
      help: string,
      measure: (status: ReturnType<ReadModels['statuses']>[number]) => number,
    ): void =>
      this.#addGauge(
        name,
        help,
        (gauge) => {
          for (const status of readModels.statuses()) gauge.set({ read_model: status.name }, measure(status));
        },
        ['read_model'],
      );
    add('read_model_lag_entries', 'Entries that are not projected yet.', ({ lag }) => lag);
    add('read_model_live', '1 while the read model can be read and is projected.', ({ status }) =>
      Number(status === 'live'),
    );
    add('parked_streams', 'Streams that the read model leaves out.', ({ parked }) => parked.length);
  }

  #addClusterGauges(): void {
    const { sequencer } = this;
    if (!sequencer.isShared) return;
    this.#addGauge('cut_off', '1 while the node does not know whether it has everything.', (gauge) =>
      gauge.set(Number(sequencer.connectionState === 'cut-off')),
    );
    this.#addGauge(
      'ledger_age_seconds',
      'For how long the node has not known that it has everything.',
      (gauge) => gauge.set(sequencer.getAgeMs() / MILLISECONDS_PER_SECOND),
    );
  }
}
