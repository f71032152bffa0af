// Audits of a ledger that is being served, as jobs: one at a time, each in a thread of its own.
import { randomUUID } from 'node:crypto';
import { BehaviorSubject } from 'rxjs';
import { readLastEntryNumber } from '../ledger/sqlite/verify-entries.js';
import { SMALL_YOUNG_GENERATION, WorkerThread } from '../ledger/worker-thread.js';
import type { GenerationLease } from '../read-models/read-model-status.js';
import type { ReadModels } from '../read-models/read-models.js';
import type { ComparedReadModel, AuditPhase, AuditProgress } from './run-audit.js';
import type { Difference } from './findings.js';
import { READ_MODEL_WAIT_MS } from './timeouts.js';
import type { AuditWorkerData, FromAuditWorker, ToAuditWorker } from './worker-messages.js';

/** Jobs that can be read, the one that runs included. */
const MAX_REMEMBERED_JOBS = 20;

/** Which entry is audited, and which read models. */
export type AuditRequest = { readonly entry: number; readonly projections: readonly string[] };

export type AuditJob = AuditRequest & {
  readonly id: string;
  readonly status: 'running' | 'done' | 'failed';
  readonly startedAt: string;
  /** When it was done; null before. */
  readonly verifiedAt: string | null;
  readonly phase: AuditPhase;
  readonly progress: AuditProgress;
  /** Found so far. */
  readonly differencesCount: number;
  /** Of the tree of the audited entries, in base64; null before it is known, and if entries are missing. */
  readonly root: string | null;
  /** The first of them, once it is done. */
  readonly differences: readonly Difference[];
  readonly compared: readonly ComparedReadModel[];
  readonly resumedFrom?: number;
  /** Why it failed. */
  readonly reason?: string;
};

type AuditJobsOptions = Pick<AuditWorkerData, 'ledgerFile' | 'otherFiles' | 'scratch'> & {
  /** The checkpoint that was signed last. */
  readonly getLatestCheckpoint: () => AuditWorkerData['checkpoint'];
  readonly declarations: URL;
  readonly readModels: ReadModels;
};

export class AuditJobs {
  /** Each completes with the job's last state. Oldest first. */
  readonly #jobs = new Map<string, BehaviorSubject<AuditJob>>();
  #running:
    | {
        readonly job: BehaviorSubject<AuditJob>;
        readonly thread: WorkerThread<ToAuditWorker, FromAuditWorker>;
      }
    | undefined;
  #closed = false;

  constructor(private readonly options: AuditJobsOptions) {}

  find(id: string): BehaviorSubject<AuditJob> | undefined {
    return this.#jobs.get(id);
  }

  /** The last entry that can be audited, damaged or not. */
  get head(): number {
    return readLastEntryNumber(this.options.ledgerFile);
  }

  get running(): AuditJob | undefined {
    return this.#running?.job.value;
  }

  /** Returns the job that runs already, whatever it audits, or a new one. */
  start(request: AuditRequest): AuditJob {
    if (this.#running) return this.#running.job.value;
    if (this.#closed) throw new Error('No audit starts any more: the server is stopping.');
    const job = new BehaviorSubject<AuditJob>({
      id: randomUUID(),
      status: 'running',
      ...request,
      startedAt: new Date().toISOString(),
      verifiedAt: null,
      phase: 'files',
      progress: { done: 0, of: 1 },
      differencesCount: 0,
      root: null,
      differences: [],
      compared: [],
    });
    this.#jobs.set(job.value.id, job);
    for (const id of [...this.#jobs.keys()].slice(0, -MAX_REMEMBERED_JOBS)) this.#jobs.delete(id);
    const { declarations, ledgerFile, otherFiles, scratch, getLatestCheckpoint } = this.options;
    const data: AuditWorkerData = {
      ...request,
      declarations: declarations.href,
      ledgerFile,
      otherFiles,
      scratch,
      checkpoint: getLatestCheckpoint(),
    };
    this.#run(job, data);
    return job.value;
  }

  /** Stops the running audit, and keeps its scratch files for the next one. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running?.thread.stop({ type: 'close' });
  }

  #run(job: BehaviorSubject<AuditJob>, data: AuditWorkerData): void {
    let lease: GenerationLease | undefined;
    const update = (change: Partial<AuditJob>): void => job.next({ ...job.value, ...change });
    const handleMessage = (message: FromAuditWorker): void => {
      switch (message.type) {
        case 'step':
          return update(message.step);
        case 'lease':
          void this.#leaseFile(message.name, data.entry).then((leased) => {
            lease = leased;
            const file = leased ? { generation: leased.generation, file: leased.file } : null;
            thread.send({ type: 'leased', file });
          });
          return;
        case 'release':
          return lease?.release();
        case 'done': {
          const { resumedFrom, ...result } = message.result;
          const total = job.value.progress.of;
          return update({
            ...result,
            status: 'done',
            progress: { done: total, of: total },
            verifiedAt: new Date().toISOString(),
            ...(resumedFrom > 0 && { resumedFrom }),
          });
        }
        case 'failed':
          return update({ status: 'failed', reason: message.reason });
      }
    };
    const thread = new WorkerThread<ToAuditWorker, FromAuditWorker>(
      new URL('./audit.worker.js', import.meta.url),
      data,
      handleMessage,
      { name: 'audit', resourceLimits: SMALL_YOUNG_GENERATION },
    );
    this.#running = { job, thread };
    void thread.ended.then((error) => {
      lease?.release();
      this.#running = undefined;
      if (job.value.status === 'running')
        update({
          status: 'failed',
          reason: `The audit thread ended unexpectedly: ${error?.message ?? 'unknown'}.`,
        });
      job.complete();
    });
  }

  /** Undefined if the read model cannot be read. */
  async #leaseFile(name: string, entry: number): Promise<GenerationLease | undefined> {
    const { readModels } = this.options;
    try {
      await readModels.waitForEntry(entry, { timeoutMs: READ_MODEL_WAIT_MS, names: [name] });
      return readModels.leaseFile(name);
    } catch {
      return undefined;
    }
  }
}
