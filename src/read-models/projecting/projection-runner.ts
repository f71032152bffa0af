// Keeps files at the head: one batch, a look at what has arrived meanwhile, the next batch.
import type { Folding } from './projector.js';
import { isSqlite, type ModelFile, type Parked } from './read-model-writer.js';
import { sentence } from './entry-batches.js';

export const PAUSE_MS = 1000;

/** Whether it may work later without anybody changing the code: a full disk, a lock, too many open files. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Error &&
  ('syscall' in error ||
    (isSqlite(error) && /^SQLITE_(FULL|BUSY|LOCKED|IOERR|CANTOPEN|NOMEM|PROTOCOL)/.test(error.code)));

export interface FoldReport {
  /** The file now holds everything up to its entry. All that moved in one batch is told in one call. */
  folded(moved: readonly { readonly file: ModelFile; readonly parked: readonly Parked[] }[]): void;
  /** Nothing more will be folded into these. */
  failed(files: readonly ModelFile[], reason: string): void;
  /** Nothing is lost: it is tried again until it works. Told once for a row of the same failures. */
  troubled(file: ModelFile, reason: string): void;
}

export class FoldLoop {
  readonly #files = new Set<ModelFile>();
  readonly #failed = new Set<ModelFile>();
  readonly #resting = new Set<ModelFile>();
  readonly #troubles = new Map<ModelFile, string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #head = 0;
  #ahead = false;
  #stopped = false;

  constructor(
    readonly folding: Folding,
    readonly report: FoldReport,
  ) {}

  get head(): number {
    return this.#head;
  }

  /** It is folded from the next call of `toward` on. */
  add(file: ModelFile): void {
    this.#files.add(file);
  }

  /** Between batches, so always: no file is left inside a transaction. */
  remove(file: ModelFile): void {
    this.#files.delete(file);
    this.#failed.delete(file);
  }

  /** Entries up to this one may be folded. A short way is gone before this returns. */
  toward(head: number): void {
    this.#head = Math.max(this.#head, head);
    this.#run();
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #run(): void {
    if (this.#ahead || this.#stopped) return;
    const able = [...this.#files].filter((file) => !this.#failed.has(file) && !this.#resting.has(file));
    if (able.length === 0) return;
    try {
      const outcomes = this.folding.step(able, this.#head);
      if (outcomes.length === 0) return this.#stopAtDamage(able);
      const moved = outcomes.filter(({ error }) => error === undefined);
      for (const { file } of moved) this.#troubles.delete(file);
      if (moved.length > 0) this.report.folded(moved);
      for (const { file, error } of outcomes) if (error !== undefined) this.#rest(file, error);
    } catch (error) {
      for (const file of able) this.#rest(file, error);
      return;
    }
    this.#ahead = [...this.#files].some(({ entry }) => entry < this.#head);
    if (this.#ahead)
      setImmediate(() => {
        this.#ahead = false;
        this.#run();
      });
  }

  #stopAtDamage(files: readonly ModelFile[]): void {
    const { damage, ceiling } = this.folding;
    if (damage && this.#head > ceiling) this.#fail(files, damage.message);
  }

  #rest(file: ModelFile, error: unknown): void {
    const reason = sentence(error);
    if (!isPassing(error)) return this.#fail([file], reason);
    if (reason !== this.#troubles.get(file)) this.report.troubled(file, reason);
    this.#troubles.set(file, reason);
    this.#resting.add(file);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#resting.delete(file);
      this.#run();
    }, PAUSE_MS);
    this.#timers.add(timer);
  }

  #fail(files: readonly ModelFile[], reason: string): void {
    for (const file of files) this.#failed.add(file);
    this.report.failed(files, reason);
  }
}
