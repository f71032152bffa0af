// The read models as the rest of the program sees them: what they know, how far they are, what they answer.
import { mkdirSync } from 'node:fs';
import { loadDeclarations } from './declaration/load-projections.js';
import { generationAt } from './projecting/generations.js';
import type {
  FromFolding,
  HistoryAnswer,
  HistoryAsked,
  HistoryQuery,
  Opened,
  ThreadData,
  ToFolding,
} from './worker-messages.js';
import type { Parked } from './projecting/read-model-writer.js';
import type { AnyReadModel, Query } from './declaration/read-model.js';
import { Reader } from './reading/read-model-reader.js';
import { ReaderPool } from './reading/reader-pool.js';
import { type Job, type Progress, Rebuilds } from './rebuild/rebuild-jobs.js';
import { sentence } from './projecting/entry-batches.js';
import { Thread } from './worker-thread.js';
import { type ReachedOptions, Waiting } from './reading/position-waiters.js';

export type { Job, Progress } from './rebuild/rebuild-jobs.js';

export type Options = {
  /** Where the files are; made if it is not there. One ReadModels at a time may use it. */
  readonly directory: string;
  /** ledger.db. What it shows at the start is durable; what it shows later is so when `notify` has said it. */
  readonly ledgerFile: string;
  /** Of a module that exports Declarations. Every thread loads it. */
  readonly declarations: URL;
  /** How many threads answer queries that scan. */
  readonly readers?: number;
  /** Told in a sentence whatever an operator should know. */
  readonly warn?: (sentence: string) => void;
};

export type Status = {
  readonly name: string;
  readonly version: number;
  /** Of the file that serves; null while there is none. */
  readonly generation: number | null;
  /** What can be read; 0 while nothing can. */
  readonly entry: number;
  readonly lag: number;
  /** `failed`: nothing more is folded, for `reason`; what was folded can be read, if there is a generation. */
  readonly status: 'live' | 'building' | 'failed';
  /** Of a generation that is being folded, whether or not another one serves meanwhile. */
  readonly progress?: Progress;
  readonly parked: readonly Pick<Parked, 'stream' | 'entry' | 'reason'>[];
  /** Why it failed, or what keeps it from going on just now. */
  readonly reason?: string;
};

/** Nothing can be read of this read model yet, because its first file is still being folded. */
export class NotReadable extends Error {
  constructor(
    readonly readModel: string,
    readonly progress: Progress | undefined,
    reason: string | undefined,
  ) {
    super(
      reason
        ? `${readModel} cannot be read: ${reason}`
        : `${readModel} is being built: ${progress?.done ?? 0} of ${progress?.of ?? 0} entries are folded.`,
    );
  }
}

/** A file that is lent. */
export type Loan = { readonly generation: number; readonly file: string; readonly giveBack: () => void };

/** The file that serves. */
type Live = {
  readonly generation: number;
  readonly reader: Reader;
  entry: number;
  /** Oldest first. */
  parked: Parked[];
  readonly parkedStreams: Set<string>;
  /** Each resolves when somebody who reads the file in his own way gives it back. */
  readonly loans: Set<Promise<void>>;
};
type Served = { readonly model: AnyReadModel; live?: Live; failed: boolean; reason?: string | undefined };

type ResultOf<Q> = Q extends Query<never, infer R> ? R : never;
/** Whatever is passed to a query that declares no parameters is not looked at. */
type ParametersOf<Q> = Q extends { readonly run: (view: never, parameters: infer P) => unknown }
  ? [P] extends [never]
    ? unknown
    : P
  : never;

/** A class and not an interface, so that it is its own injection token. */
export class ReadModels {
  readonly #options: Options;
  readonly #served: ReadonlyMap<string, Served>;
  readonly #folding: Thread<ToFolding, FromFolding>;
  readonly #rebuilds: Rebuilds;
  readonly #readers: ReaderPool;
  readonly #waiting = new Waiting((entry, options) => this.#behind(entry, options));
  readonly #opened = Promise.withResolvers<void>();
  #head = 0;
  #closed = false;

  /**
   * Resolves when everything that can be served is served: files that lag behind go on folding, those that are
   * not there or cannot be used are being built. Rejects if the declarations or the ledger cannot be loaded.
   */
  static async start(options: Options): Promise<ReadModels> {
    mkdirSync(options.directory, { recursive: true });
    const { readModels } = await loadDeclarations(options.declarations.href);
    const started = new ReadModels(options, readModels);
    await started.#opened.promise;
    return started;
  }

  private constructor(options: Options, models: readonly AnyReadModel[]) {
    const { directory, ledgerFile, declarations, readers = 2 } = options;
    const data: ThreadData = { directory, ledgerFile, declarations: declarations.href };
    this.#options = options;
    this.#served = new Map(models.map((model) => [model.name, { model, failed: false }]));
    this.#readers = new ReaderPool(data, Math.max(1, readers));
    this.#rebuilds = new Rebuilds(data, (name) => this.#of(name).live?.generation ?? null, {
      built: (name, generation) => this.#folding.say({ type: 'adopt', name, generation }),
      failed: (name, reason) => this.#rebuildFailed(name, reason),
      troubled: (name, reason) => this.#trouble(name, reason),
    });
    this.#folding = new Thread(
      new URL('./projecting/projection.worker.js', import.meta.url),
      data,
      (message) => this.#heard(message),
    );
    void this.#folding.ended.then((error) => this.#foldingEnded(error));
  }

  /** Entries up to `head` are durable. */
  notify(head: number): void {
    if (head <= this.#head || this.#closed) return;
    this.#head = head;
    this.#folding.say({ type: 'head', head });
    this.#rebuilds.toward(head);
  }

  statuses(): readonly Status[] {
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

  /** The last entry that can be read. Throws NotReadable while nothing can. */
  checkpoint(name: string): number {
    return this.#live(name).entry;
  }

  /** How many streams an answer as of this entry leaves out, in part or whole. Throws NotReadable like `checkpoint`. */
  degraded(name: string, entry: number): number {
    return this.#live(name).parked.filter(({ stamp }) => stamp <= entry).length;
  }

  /**
   * Resolves to nothing once every live read model has the entry, else after the timeout to the names of those
   * that have not. Nobody waits for one that is not live.
   */
  reached(entry: number, options: ReachedOptions): Promise<string[]> {
    return this.#waiting.until(entry, options);
  }

  /**
   * The answer of a query as of an entry, at once or, if the query scans, from another thread. Throws NotReadable
   * like `checkpoint`, RangeError if the entry is above it, and what the query throws; a promise rejects with it.
   */
  ask<M extends AnyReadModel, Q extends keyof M['queries'] & string>(
    model: M,
    query: Q,
    parameters: ParametersOf<M['queries'][Q]>,
    entry: number,
  ): ResultOf<M['queries'][Q]> | Promise<ResultOf<M['queries'][Q]>>;
  ask<R>(name: string, query: string, parameters: unknown, entry: number): R | Promise<R>;
  ask(model: AnyReadModel | string, query: string, parameters: unknown, entry: number): unknown {
    const name = typeof model === 'string' ? model : model.name;
    const live = this.#live(name);
    if (entry > live.entry) throw new RangeError(`${name} has entries up to ${live.entry}, not ${entry}.`);
    if (!this.#of(name).model.queries[query]?.scan) return live.reader.ask(query, parameters, entry);
    return this.#readers.ask(() => {
      const { generation } = this.#live(name);
      return { type: 'ask', name, generation, query, parameters, entry };
    });
  }

  /**
   * What became of its rows, from another thread: see VersionHistory. Nothing above `checkpoint` may be asked for.
   * Rejects with NotReadable like `checkpoint`.
   */
  async history<Q extends HistoryQuery>(
    name: string,
    query: Q,
    asked: HistoryAsked<Q>,
  ): Promise<HistoryAnswer<Q>> {
    const answer = await this.#readers.ask(() => {
      const { generation } = this.#live(name);
      return { type: 'history', name, generation, query, asked };
    });
    return answer as HistoryAnswer<Q>;
  }

  /**
   * The file that serves, for somebody who reads it in his own way: it is not removed before it is given back. Throws
   * NotReadable like `checkpoint`.
   */
  lend(name: string): Loan {
    const { generation, loans } = this.#live(name);
    const { version } = this.#of(name).model;
    const { promise, resolve } = Promise.withResolvers<void>();
    loans.add(promise);
    return {
      generation,
      file: generationAt(this.#options.directory, name, version, generation).file,
      giveBack: () => {
        loans.delete(promise);
        resolve();
      },
    };
  }

  /** Folds a new generation while the old one serves. One that is being folded already is returned. */
  rebuild(name: string): Job {
    this.#of(name);
    return this.#rebuilds.start(name);
  }

  /** Batches and scans under way are finished; what was not folded is folded after the next start. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting.end();
    await Promise.all([this.#rebuilds.close(), this.#readers.close()]);
    for (const { live } of this.#served.values()) live?.reader.close();
    this.#folding.say({ type: 'close' });
    await this.#folding.ended;
  }

  #heard(message: FromFolding): void {
    switch (message.type) {
      case 'opened':
        this.#head = message.head;
        this.#rebuilds.toward(message.head);
        for (const file of message.files) this.#serve(file);
        for (const [name, { live, failed }] of this.#served) if (!live && !failed) this.#rebuilds.start(name);
        return this.#opened.resolve();
      case 'folded':
        for (const file of message.files) this.#folded(file);
        return this.#waiting.look();
      case 'adopted':
        this.#adopted(message.file);
        return this.#waiting.look();
      case 'retired':
        return this.#rebuilds.finish(message.name);
      case 'failed':
        this.#failed(message.name, message.generation, message.reason);
        return this.#waiting.look();
      case 'troubled':
        return this.#trouble(message.name, message.reason);
      case 'warning':
        this.#warn(message.sentence);
    }
  }

  /** Whether it worked: a process may run out of files. */
  #serve({ name, generation, entry, parked }: Opened): boolean {
    const served = this.#of(name);
    const { file } = generationAt(this.#options.directory, name, served.model.version, generation);
    try {
      served.live = {
        generation,
        reader: new Reader(file, served.model),
        entry,
        parked: [...parked],
        parkedStreams: new Set(parked.map(({ stream }) => stream)),
        loans: new Set(),
      };
      served.failed = false;
      served.reason = undefined;
      return true;
    } catch (error) {
      this.#fail(served, sentence(error));
      return false;
    }
  }

  #folded({ name, generation, entry, parked }: Opened): void {
    const served = this.#of(name);
    if (served.live?.generation !== generation) return;
    served.live.entry = entry;
    served.reason = undefined;
    for (const one of parked) {
      served.live.parked.push(one);
      served.live.parkedStreams.add(one.stream);
      this.#warn(`${name} parked ${one.stream} at entry ${one.entry}: ${one.reason}`);
    }
  }

  #adopted(file: Opened): void {
    const { name } = file;
    const before = this.#of(name).live;
    if (this.#closed) return;
    if (!this.#serve(file)) return this.#rebuilds.fail(name, 'the new file cannot be opened');
    if (!before) return this.#rebuilds.finish(name);
    before.reader.close();
    void Promise.all([this.#readers.retire(name, before.generation), ...before.loans]).finally(() =>
      this.#folding.say({ type: 'retire', name, generation: before.generation }),
    );
  }

  #failed(name: string, generation: number, reason: string): void {
    const served = this.#of(name);
    if (served.live?.generation !== generation) return this.#rebuilds.fail(name, reason);
    this.#fail(served, reason);
  }

  #fail(served: Served, reason: string): void {
    served.failed = true;
    served.reason = reason;
    this.#warn(`${served.model.name} is not folded any further: ${reason}`);
  }

  #rebuildFailed(name: string, reason: string): void {
    const served = this.#of(name);
    if (!served.live) {
      served.failed = true;
      served.reason = reason;
    }
    this.#warn(`${name} was not rebuilt: ${reason}`);
  }

  #trouble(name: string, reason: string): void {
    this.#of(name).reason = reason;
    this.#warn(`${name} cannot be folded just now, and is tried again: ${reason}`);
  }

  #foldingEnded(error: Error | undefined): void {
    if (this.#closed) return;
    const reason = `the folding thread ended: ${error?.message ?? 'unknown'}`;
    this.#opened.reject(error ?? new Error(reason));
    for (const served of this.#served.values()) {
      served.failed = true;
      served.reason = reason;
    }
    this.#warn(`Nothing is folded any further: ${reason}`);
    this.#waiting.look();
  }

  #behind(entry: number, { stream, names }: ReachedOptions): string[] {
    const behind: string[] = [];
    for (const [name, { live, failed }] of this.#served)
      if (
        live &&
        live.entry < entry &&
        !failed &&
        (names === undefined || names.includes(name)) &&
        (stream === undefined || !live.parkedStreams.has(stream))
      )
        behind.push(name);
    return behind;
  }

  #live(name: string): Live {
    const { live, failed, reason } = this.#of(name);
    if (this.#closed) throw new Error('The read models are closed.');
    if (!live) throw new NotReadable(name, this.#rebuilds.progress(name), failed ? reason : undefined);
    return live;
  }

  #of(name: string): Served {
    const served = this.#served.get(name);
    if (!served) throw new TypeError(`There is no read model '${name}'.`);
    return served;
  }

  #warn(sentence: string): void {
    this.#options.warn?.(sentence);
  }
}
