// Keeps files at the head: one batch, a look at what has arrived meanwhile, the next batch.
import type { Projector } from './projector.js';
import { isSqliteError, type ReadModelWriter, type ParkedStream } from './read-model-writer.js';
import { toErrorMessage } from './entry-batches.js';

export const RETRY_DELAY_MS = 1000;

/** Whether it may work later without anybody changing the code: a full disk, a lock, too many open files. */
export const isTransientError = (error: unknown): boolean =>
  error instanceof Error &&
  ('syscall' in error ||
    (isSqliteError(error) && /^SQLITE_(FULL|BUSY|LOCKED|IOERR|CANTOPEN|NOMEM|PROTOCOL)/.test(error.code)));

export interface ProjectionListener {
  /** The file now holds everything up to its entry. All that moved in one batch is told in one call. */
  onProjected(
    moved: readonly { readonly file: ReadModelWriter; readonly parked: readonly ParkedStream[] }[],
  ): void;
  /** Nothing more will be folded into these. */
  onFailed(files: readonly ReadModelWriter[], reason: string): void;
  /** Nothing is lost: it is tried again until it works. Told once for a row of the same failures. */
  onRetry(file: ReadModelWriter, reason: string): void;
}

export class ProjectionRunner {
  readonly #files = new Set<ReadModelWriter>();
  readonly #failed = new Set<ReadModelWriter>();
  readonly #waitingToRetry = new Set<ReadModelWriter>();
  readonly #lastErrors = new Map<ReadModelWriter, string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #head = 0;
  #isScheduled = false;
  #stopped = false;

  constructor(
    readonly projector: Projector,
    readonly listener: ProjectionListener,
  ) {}

  get head(): number {
    return this.#head;
  }

  /** It is folded from the next call of `toward` on. */
  add(file: ReadModelWriter): void {
    this.#files.add(file);
  }

  /** Between batches, so always: no file is left inside a transaction. */
  remove(file: ReadModelWriter): void {
    this.#files.delete(file);
    this.#failed.delete(file);
  }

  /** Entries up to this one may be folded. A short way is gone before this returns. */
  advanceTo(head: number): void {
    this.#head = Math.max(this.#head, head);
    this.#run();
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #run(): void {
    if (this.#isScheduled || this.#stopped) return;
    const able = [...this.#files].filter(
      (file) => !this.#failed.has(file) && !this.#waitingToRetry.has(file),
    );
    if (able.length === 0) return;
    try {
      const outcomes = this.projector.projectBatch(able, this.#head);
      if (outcomes.length === 0) return this.#stopAtDamage(able);
      const moved = outcomes.filter(({ error }) => error === undefined);
      for (const { file } of moved) this.#lastErrors.delete(file);
      if (moved.length > 0) this.listener.onProjected(moved);
      for (const { file, error } of outcomes) if (error !== undefined) this.#scheduleRetry(file, error);
    } catch (error) {
      for (const file of able) this.#scheduleRetry(file, error);
      return;
    }
    this.#isScheduled = [...this.#files].some(({ entry }) => entry < this.#head);
    if (this.#isScheduled)
      setImmediate(() => {
        this.#isScheduled = false;
        this.#run();
      });
  }

  #stopAtDamage(files: readonly ReadModelWriter[]): void {
    const { damage, lastReadableEntry } = this.projector;
    if (damage && this.#head > lastReadableEntry) this.#fail(files, damage.message);
  }

  #scheduleRetry(file: ReadModelWriter, error: unknown): void {
    const reason = toErrorMessage(error);
    if (!isTransientError(error)) return this.#fail([file], reason);
    if (reason !== this.#lastErrors.get(file)) this.listener.onRetry(file, reason);
    this.#lastErrors.set(file, reason);
    this.#waitingToRetry.add(file);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#waitingToRetry.delete(file);
      this.#run();
    }, RETRY_DELAY_MS);
    this.#timers.add(timer);
  }

  #fail(files: readonly ReadModelWriter[], reason: string): void {
    for (const file of files) this.#failed.add(file);
    this.listener.onFailed(files, reason);
  }
}
