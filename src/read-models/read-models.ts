// The read models as the rest of the program sees them: their positions, states and queries.
import { getErrorMessage } from '../errors/get-error-message.js';
import { mkdirSync } from 'node:fs';
import { FileReplacementDetector } from '../ledger/sqlite/file-replacement-detector.js';
import { loadProjections } from './declaration/load-projections.js';
import { isDamageError, isTransientError } from './file-errors.js';
import { toGeneration } from './projecting/generations.js';
import type {
  FromProjectionWorker,
  GenerationNumbers,
  HistoryResult,
  HistoryParameters,
  HistoryQuery,
  OpenedGeneration,
  ReadModelWorkerData,
  ToProjectionWorker,
} from './worker-messages.js';
import type { ParametersOf, ResultOf } from './declaration/query.js';
import type { AnyReadModel } from './declaration/read-model.js';
import { type GenerationLease, ReadModelNotReadyError, type ReadModelStatus } from './read-model-status.js';
import { GenerationReader } from './reading/generation-reader.js';
import type { LiveGeneration, ServedReadModel } from './served-read-model.js';
import { ReaderPool, type ReaderRequest } from './reading/reader-pool.js';
import { INTERNAL_QUEUE_CLIENT, type ReaderQueueClient } from './reading/reader-queue.js';
import { type RebuildJob, RebuildJobs } from './rebuild/rebuild-jobs.js';
import { SMALL_YOUNG_GENERATION, WorkerThread } from '../ledger/worker-thread.js';
import { FILE_CHECK_INTERVAL_MS, RETRY_DELAY_MS } from './timeouts.js';
import { type WaitForEntryOptions, PositionWaiters } from './reading/position-waiters.js';

type ReadModelsOptions = {
  /** Of the files; created if it does not exist. Only one ReadModels at a time may use it. */
  readonly directory: string;
  /** ledger.db. Entries that it has at the start are durable; later ones are so once `notify` was called with them. */
  readonly ledgerFile: string;
  /** The URL of a module that exports the read models. Every thread loads it. */
  readonly declarations: URL;
  /** How many threads run queries that scan. */
  readonly readers?: number;
  /** Called with a sentence for the operator. */
  readonly warn?: (sentence: string) => void;
};

type FailedMessage = Extract<FromProjectionWorker, { readonly type: 'failed' }>;

export class ReadModels {
  readonly #options: ReadModelsOptions;
  readonly #served: ReadonlyMap<string, ServedReadModel>;
  readonly #projectionThread: WorkerThread<ToProjectionWorker, FromProjectionWorker>;
  readonly #rebuilds: RebuildJobs;
  readonly #readerPool: ReaderPool;
  readonly #waiters = new PositionWaiters((entry, options) => this.#findBehind(entry, options));
  readonly #opened = Promise.withResolvers<void>();
  readonly #fileCheckTimer: NodeJS.Timeout;
  #head = 0;
  #closed = false;

  /**
   * Resolves when everything that can be served is served: files that lag behind are being projected, missing or
   * unusable ones are being built. Rejects if the declarations or the ledger cannot be loaded.
   */
  static async start(options: ReadModelsOptions): Promise<ReadModels> {
    mkdirSync(options.directory, { recursive: true });
    const { readModels } = await loadProjections(options.declarations.href);
    const started = new ReadModels(options, readModels);
    await started.#opened.promise;
    return started;
  }

  private constructor(options: ReadModelsOptions, models: readonly AnyReadModel[]) {
    const { directory, ledgerFile, declarations, readers = 2 } = options;
    const data: ReadModelWorkerData = { directory, ledgerFile, declarations: declarations.href };
    this.#options = options;
    this.#served = new Map(models.map((model) => [model.name, { model, lastGeneration: 0, failed: false }]));
    this.#readerPool = new ReaderPool(data, Math.max(1, readers));
    this.#rebuilds = new RebuildJobs(data, (name) => this.#getGenerationNumbers(name), {
      onBuilt: (name, generation) => this.#projectionThread.send({ type: 'adopt', name, generation }),
      onFailed: (name, reason) => this.#handleRebuildFailure(name, reason),
      onRetry: (name, reason) => this.#recordRetry(name, reason),
    });
    this.#projectionThread = new WorkerThread(
      new URL('./projecting/projection.worker.js', import.meta.url),
      data,
      (message) => this.#handleMessage(message),
      { name: 'projection', resourceLimits: SMALL_YOUNG_GENERATION },
    );
    void this.#projectionThread.ended.then((error) => this.#handleProjectionThreadExit(error));
    this.#fileCheckTimer = setInterval(() => this.#checkFiles(), FILE_CHECK_INTERVAL_MS).unref();
  }

  /** Entries up to `head` are durable. */
  notify(head: number): void {
    if (head <= this.#head || this.#closed) return;
    this.#head = head;
    this.#projectionThread.send({ type: 'head', head });
    this.#rebuilds.setHead(head);
  }

  statuses(): readonly ReadModelStatus[] {
    return [...this.#served.values()].map(({ model: { name, version }, live, failed, reason }) => {
      const progress = this.#rebuilds.progress(name);
      const entry = live?.entry ?? 0;
      return {
        name,
        version,
        generation: live?.generation ?? null,
        entry,
        lag: Math.max(0, this.#head - entry),
        status: failed ? 'failed' : live ? 'live' : 'building',
        ...(progress && { progress }),
        parked: live?.parked.map(({ stream, entry, reason }) => ({ stream, entry, reason })) ?? [],
        ...(reason !== undefined && { reason }),
      };
    });
  }

  /** The last entry that can be read. Throws ReadModelNotReadyError while nothing can. */
  position(name: string): number {
    return this.#getLive(name).entry;
  }

  /** How many streams an answer as of this entry leaves out, in part or whole. Throws like `position`. */
  countParkedStreams(name: string, entry: number): number {
    return this.#getLive(name).parked.filter(({ stamp }) => stamp <= entry).length;
  }

  /**
   * Resolves to an empty list once every live read model has the entry, else after the timeout to the names of those
   * that have not. It does not wait for one that is not live.
   */
  waitForEntry(entry: number, options: WaitForEntryOptions): Promise<string[]> {
    return this.#waiters.waitForEntry(entry, options);
  }

  /**
   * The result of a query as of an entry, at once or, if the query scans, from another thread. Throws like `position`,
   * RangeError if the entry is above it, and what the query throws; a promise rejects with it, or with ReadersBusyError.
   */
  query<M extends AnyReadModel, Q extends keyof M['queries'] & string>(
    model: M,
    query: Q,
    parameters: ParametersOf<M['queries'][Q]>,
    entry: number,
    client?: ReaderQueueClient,
  ): ResultOf<M['queries'][Q]> | Promise<ResultOf<M['queries'][Q]>>;
  query<R>(
    name: string,
    query: string,
    parameters: unknown,
    entry: number,
    client?: ReaderQueueClient,
  ): R | Promise<R>;
  query(
    model: AnyReadModel | string,
    query: string,
    parameters: unknown,
    entry: number,
    client = INTERNAL_QUEUE_CLIENT,
  ): unknown {
    const name = typeof model === 'string' ? model : model.name;
    const live = this.#getLive(name);
    if (entry > live.entry) throw new RangeError(`${name} has entries up to ${live.entry}, not ${entry}.`);
    if (!this.#getServed(name).model.queries[query]?.scan)
      try {
        return live.reader.query(query, parameters, entry);
      } catch (error) {
        throw this.#handleReadError(name, live, error);
      }
    const common = { type: 'query', name, query, parameters, entry } as const;
    return this.#runInPool(client, name, ({ generation }) => ({ ...common, generation }));
  }

  /**
   * What changed, from another thread: see ReadModelHistory. Entries must not be above `position`. Rejects like it.
   */
  async history<Q extends HistoryQuery>(
    name: string,
    query: Q,
    parameters: HistoryParameters<Q>,
    client = INTERNAL_QUEUE_CLIENT,
  ): Promise<HistoryResult<Q>> {
    const common = { type: 'history', name, query, parameters } as const;
    const result = await this.#runInPool(client, name, ({ generation }) => ({ ...common, generation }));
    return result as HistoryResult<Q>;
  }

  /**
   * The file that serves, for a caller that reads it itself: it is not removed before its release. Throws like
   * `position`.
   */
  leaseFile(name: string): GenerationLease {
    const { generation, leases } = this.#getLive(name);
    const { version } = this.#getServed(name).model;
    const { promise, resolve } = Promise.withResolvers<void>();
    leases.add(promise);
    return {
      generation,
      file: toGeneration(this.#options.directory, name, version, generation).file,
      release: () => {
        leases.delete(promise);
        resolve();
      },
    };
  }

  /** Builds a new generation while the old one serves. Returns the job that runs already, if there is one. */
  rebuild(name: string): RebuildJob {
    this.#getServed(name);
    return this.#rebuilds.start(name);
  }

  /**
   * Batches and queries that run are finished, or given up if they take long; what was not projected is projected after
   * the next start.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#fileCheckTimer);
    this.#waiters.settleAll();
    await Promise.all([this.#rebuilds.close(), this.#readerPool.close()]);
    for (const { live } of this.#served.values()) live?.reader.close();
    await this.#projectionThread.stop({ type: 'close' });
  }

  #handleMessage(message: FromProjectionWorker): void {
    switch (message.type) {
      case 'opened':
        this.#head = message.head;
        this.#rebuilds.setHead(message.head);
        for (const file of message.files) this.#serve(file);
        for (const [name, { live, unopened, failed }] of this.#served)
          if (!live && !unopened && !failed && !message.delayed.includes(name)) this.#rebuilds.start(name);
        return this.#opened.resolve();
      case 'missing':
        return void this.#rebuilds.start(message.name);
      case 'projected':
        for (const file of message.files) this.#recordProgress(file);
        return this.#waiters.settleReached();
      case 'adopted':
        this.#switchGeneration(message.file);
        return this.#waiters.settleReached();
      case 'retired':
        return this.#rebuilds.finish(message.name);
      case 'failed':
        this.#handleFailure(message);
        return this.#waiters.settleReached();
      case 'retrying':
        return this.#recordRetry(message.name, message.reason);
      case 'warning':
        this.#warn(message.sentence);
    }
  }

  /** Returns false if the file cannot be opened: a process may run out of file descriptors. Then it is tried again. */
  #serve(opened: OpenedGeneration): boolean {
    const { name, generation, entry, parked } = opened;
    const served = this.#getServed(name);
    served.unopened = undefined;
    const { file } = toGeneration(this.#options.directory, name, served.model.version, generation);
    try {
      served.live = {
        generation,
        reader: new GenerationReader(file, served.model),
        // Not its log, which SQLite itself replaces while a generation passes from one thread to another.
        guard: new FileReplacementDetector([file]),
        entry,
        parked: [...parked],
        parkedStreams: new Set(parked.map(({ stream }) => stream)),
        leases: new Set(),
      };
      served.lastGeneration = Math.max(served.lastGeneration, generation);
      served.failed = false;
      served.reason = undefined;
      return true;
    } catch (error) {
      if (!isTransientError(error)) this.#markFailed(served, getErrorMessage(error));
      else {
        served.unopened = opened;
        if (served.reason === undefined) this.#recordRetry(name, getErrorMessage(error));
        setTimeout(() => this.#retryServing(served), RETRY_DELAY_MS).unref();
      }
      return false;
    }
  }

  #retryServing({ unopened }: ServedReadModel): void {
    if (!unopened || this.#closed) return;
    this.#switchGeneration(unopened);
    this.#waiters.settleReached();
  }

  #recordProgress({ name, generation, entry, parked }: OpenedGeneration): void {
    const served = this.#getServed(name);
    const { unopened } = served;
    if (unopened?.generation === generation)
      served.unopened = { ...unopened, entry, parked: [...unopened.parked, ...parked] };
    if (served.live?.generation !== generation) return;
    served.live.entry = entry;
    served.reason = undefined;
    for (const stream of parked) {
      served.live.parked.push(stream);
      served.live.parkedStreams.add(stream.stream);
      this.#warn(`${name} parked ${stream.stream} at entry ${stream.entry}: ${stream.reason}`);
    }
  }

  #switchGeneration(file: OpenedGeneration): void {
    const { name } = file;
    const before = this.#getServed(name).live;
    if (this.#closed) return;
    if (!this.#serve(file)) {
      if (!this.#getServed(name).unopened) this.#rebuilds.fail(name, 'the new file cannot be opened');
      return;
    }
    if (!before) return this.#rebuilds.finish(name);
    before.reader.close();
    void Promise.all([this.#readerPool.closeGeneration(name, before.generation), ...before.leases]).finally(
      () => this.#projectionThread.send({ type: 'retire', name, generation: before.generation }),
    );
  }

  #handleFailure({ name, generation, reason, isDamaged }: FailedMessage): void {
    const served = this.#getServed(name);
    if (served.live?.generation !== generation) return this.#rebuilds.fail(name, reason);
    if (isDamaged) this.#discard(served, served.live, reason);
    else this.#markFailed(served, reason);
  }

  /** Runs a request in a thread of the pool. Rejects with ReadModelNotReadyError, or with what the query throws. */
  async #runInPool(
    client: ReaderQueueClient,
    name: string,
    createRequest: (live: LiveGeneration) => ReaderRequest,
  ): Promise<unknown> {
    let live: LiveGeneration | undefined;
    try {
      return await this.#readerPool.run(client, () => createRequest((live = this.#getLive(name))));
    } catch (error) {
      throw live ? this.#handleReadError(name, live, error) : error;
    }
  }

  /** The error that the caller is shown. A file that is not what was written is built again, and served when that is done. */
  #handleReadError(name: string, live: LiveGeneration, error: unknown): unknown {
    const isDamaged = isDamageError(error) || live.guard.findDisplaced() !== undefined;
    if (!isDamaged && !isTransientError(error)) return error;
    if (isDamaged) this.#discard(this.#getServed(name), live, getErrorMessage(error));
    else if (this.#getServed(name).reason === undefined) this.#recordRetry(name, getErrorMessage(error));
    return new ReadModelNotReadyError(
      name,
      this.#rebuilds.progress(name),
      isDamaged ? undefined : 'unreadable',
    );
  }

  /** Notices files that were removed or replaced: SQLite goes on with those that it opened. */
  #checkFiles(): void {
    for (const served of this.#served.values()) {
      const displaced = served.live?.guard.findDisplaced();
      if (served.live && displaced !== undefined)
        this.#discard(served, served.live, `${displaced} was removed or replaced`);
    }
  }

  /** Nothing is read any more from a file that others removed or damaged, and a new generation is built. */
  #discard(served: ServedReadModel, live: LiveGeneration, reason: string): void {
    if (served.live !== live || this.#closed) return;
    const { name } = served.model;
    const { generation } = live;
    served.live = undefined;
    served.reason = reason;
    this.#warn(`${name} is rebuilt: ${reason}`);
    live.reader.close();
    void this.#readerPool.closeGeneration(name, generation);
    this.#projectionThread.send({ type: 'discard', name, generation });
    this.#rebuilds.start(name);
    this.#waiters.settleReached();
  }

  #getGenerationNumbers(name: string): GenerationNumbers {
    const { live, lastGeneration } = this.#getServed(name);
    return { live: live?.generation ?? null, last: lastGeneration };
  }

  #markFailed(served: ServedReadModel, reason: string): void {
    served.failed = true;
    served.reason = reason;
    this.#warn(`${served.model.name} is no longer projected: ${reason}`);
  }

  #handleRebuildFailure(name: string, reason: string): void {
    const served = this.#getServed(name);
    if (!served.live) {
      served.failed = true;
      served.reason = reason;
    }
    this.#warn(`${name} was not rebuilt: ${reason}`);
  }

  #recordRetry(name: string, reason: string): void {
    this.#getServed(name).reason = reason;
    this.#warn(`${name} cannot be projected now and is retried: ${reason}`);
  }

  #handleProjectionThreadExit(error: Error | undefined): void {
    if (this.#closed) return;
    const reason = `the projection thread ended: ${error?.message ?? 'unknown'}`;
    this.#opened.reject(error ?? new Error(reason));
    for (const served of this.#served.values()) {
      served.failed = true;
      served.reason = reason;
    }
    this.#warn(`No read model is projected any more: ${reason}`);
    this.#waiters.settleReached();
  }

  #findBehind(entry: number, { stream, names }: WaitForEntryOptions): string[] {
    const late: string[] = [];
    for (const [name, { live, failed }] of this.#served)
      if (
        live &&
        live.entry < entry &&
        !failed &&
        (names === undefined || names.includes(name)) &&
        (stream === undefined || !live.parkedStreams.has(stream))
      )
        late.push(name);
    return late;
  }

  #getLive(name: string): LiveGeneration {
    const { live, failed } = this.#getServed(name);
    if (this.#closed) throw new Error('The read models are closed.');
    if (live) return live;
    const progress = this.#rebuilds.progress(name);
    throw new ReadModelNotReadyError(name, progress, failed ? 'failed' : progress ? undefined : 'unreadable');
  }

  #getServed(name: string): ServedReadModel {
    const served = this.#served.get(name);
    if (!served) throw new TypeError(`There is no read model '${name}'.`);
    return served;
  }

  #warn(sentence: string): void {
    this.#options.warn?.(sentence);
  }
}
