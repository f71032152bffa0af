// Keeps files at the head, batch by batch; between two batches messages are received.
import { getErrorMessage } from '../../errors/get-error-message.js';
import type { Projector } from './projector.js';
import type { ReadModelWriter, ParkedStream } from './read-model-writer.js';
import { isTransientError } from '../file-errors.js';
import { RETRY_DELAY_MS } from '../timeouts.js';

interface ProjectionListener {
  /** The files hold everything up to their entry. One call for all files of a batch. */
  onProjected(
    moved: readonly { readonly file: ReadModelWriter; readonly parked: readonly ParkedStream[] }[],
  ): void;
  /** Nothing more is projected into these. `error` is what was thrown; undefined for a damaged ledger. */
  onFailed(files: readonly ReadModelWriter[], reason: string, error?: unknown): void;
  /** Nothing is lost: it is retried until it succeeds. Called once for a series of equal failures. */
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

  /** It is projected from the next call of `advanceTo` on. */
  add(file: ReadModelWriter): void {
    this.#files.add(file);
  }

  /** Callers run between batches, so the file is never inside a transaction. */
  remove(file: ReadModelWriter): void {
    this.#files.delete(file);
    this.#failed.delete(file);
  }

  /** Entries up to this one may be projected. The first batch is done before this returns. */
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
    const ready = [...this.#files].filter(
      (file) => !this.#failed.has(file) && !this.#waitingToRetry.has(file),
    );
    if (ready.length === 0) return;
    try {
      const outcomes = this.projector.projectBatch(ready, this.#head);
      if (outcomes.length === 0) return this.#stopAtDamage(ready);
      const moved = outcomes.filter(({ error }) => error === undefined);
      for (const { file } of moved) this.#lastErrors.delete(file);
      if (moved.length > 0) this.listener.onProjected(moved);
      for (const { file, error } of outcomes) if (error !== undefined) this.#scheduleRetry(file, error);
    } catch (error) {
      for (const file of ready) this.#scheduleRetry(file, error);
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
    const reason = getErrorMessage(error);
    if (!isTransientError(error)) return this.#fail([file], reason, error);
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

  #fail(files: readonly ReadModelWriter[], reason: string, error?: unknown): void {
    for (const file of files) this.#failed.add(file);
    this.listener.onFailed(files, reason, error);
  }
}
