import { Subject } from 'rxjs';
import type { Entry } from '../entry.js';
import {
  type Append,
  type AppendOutcome,
  ImportRefusedError,
  Sequencer,
  UnavailableError,
} from '../sequencer.js';
import type { IndexedField } from './json-indexes.js';
import type { ImportStep, WriterReply } from './writer.worker.js';
import { WriterThread } from './writer-thread.js';

type PendingAppend = {
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (reason: UnavailableError) => void;
};

type PendingImportStep = {
  readonly resolve: (entries: number) => void;
  readonly reject: (reason: Error) => void;
};

/** The embedded sequencer: ledger.db itself orders the facts, through one writer thread. */
export class SqliteSequencer extends Sequencer {
  readonly isShared = false;
  readonly connectionState = 'live';
  readonly capacity = 1_024;
  readonly heads = new Subject<number>();
  readonly #pendingAppends: PendingAppend[] = [];
  #unsentAppends: Append[] = [];
  /** While another book is taken over: who waits for the writer to have done the last step. */
  #currentImport: { readonly step: PendingImportStep } | undefined;
  /** Whether the writer has a batch that it has not answered yet. */
  #isCommitting = false;
  #closing: Promise<void> | undefined;
  #fatalMessage: string | undefined;

  private constructor(
    private readonly writer: WriterThread,
    private readonly onFatal: (sentence: string) => void,
  ) {
    super();
    writer.onReply = (reply) => this.#handleReply(reply);
    writer.onFatal = (sentence) => this.#fail(sentence);
  }

  /**
   * Opens or makes the ledger. Rejects with LedgerUnusable and a sentence. `onLost` is called when the process must
   * end because it cannot know what is on disk.
   */
  static async open(
    file: string,
    onLost: (sentence: string) => void,
    lookups: readonly IndexedField[] = [],
  ): Promise<SqliteSequencer> {
    return new SqliteSequencer(
      await WriterThread.open({ file, isReplica: false, indexedFields: lookups }),
      onLost,
    );
  }

  get pendingAppends(): number {
    return this.#pendingAppends.length;
  }

  append(append: Append): Promise<AppendOutcome> {
    const refusal = this.#findRefusal();
    if (refusal) return Promise.reject(refusal);
    if (this.#pendingAppends.length >= this.capacity)
      return Promise.reject(
        new UnavailableError('busy', `${this.capacity} appends are waiting; send the command again.`),
      );
    return new Promise((resolve, reject) => {
      this.#pendingAppends.push({ resolve, reject });
      this.#unsentAppends.push(append);
      if (this.#unsentAppends.length === 1) setImmediate(() => this.#sendBatch());
    });
  }

  async importEntries(pages: AsyncIterable<readonly Entry[]>, root: string | null): Promise<number> {
    const refusal = this.#findRefusal();
    if (refusal) throw refusal;
    if (this.#pendingAppends.length > 0)
      throw new UnavailableError(
        'busy',
        'Commands are being recorded, and a book is imported into an empty one.',
      );
    let taken = this.#sendImportStep('begin');
    try {
      await taken;
      for await (const page of pages) {
        await taken;
        taken = this.#sendImportStep(page);
        taken.catch(() => undefined); // which is seen when the next page is there
      }
      await taken;
      const entries = await this.#sendImportStep({ commit: root });
      if (entries > 0) this.heads.next(entries);
      return entries;
    } catch (error) {
      const earlier = await taken.then(
        () => undefined,
        (reason: unknown) => reason, // about entries before those that `pages` may have failed at
      );
      await this.#sendImportStep('abandon').catch(() => undefined); // a writer that is gone has nothing to abandon
      throw earlier ?? error;
    } finally {
      this.#currentImport = undefined;
    }
  }

  /** Resolves to the number of entries so far when the writer has done it. */
  #sendImportStep(importStep: ImportStep): Promise<number> {
    const refusal = this.#findFinalRefusal();
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#currentImport = { step: { resolve, reject } };
      this.writer.send({ importStep });
    });
  }

  /** Why nothing can be taken just now. */
  #findRefusal(): UnavailableError | undefined {
    return (
      this.#findFinalRefusal() ??
      (this.#currentImport && new UnavailableError('busy', 'A book is being imported.', 5))
    );
  }

  /** Why nothing will be taken any more. */
  #findFinalRefusal(): UnavailableError | undefined {
    if (this.#fatalMessage !== undefined)
      return new UnavailableError('outcome-unknown', this.#fatalMessage, 5);
    return this.#closing && new UnavailableError('stopping', 'The server is stopping.');
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeWriter();
    return this.#closing;
  }

  async #closeWriter(): Promise<void> {
    this.#isCommitting = false; // what waits goes out behind the batch under way
    this.#sendBatch();
    await this.writer.close();
    this.heads.complete();
  }

  /**
   * One message for all appends that wait, and none while a batch is being committed: what comes meanwhile is the
   * next batch. A message costs as much as an insert, and each batch a sync of the disk.
   */
  #sendBatch(): void {
    if (this.#isCommitting || this.#unsentAppends.length === 0) return;
    this.#isCommitting = true;
    this.writer.send({ appends: this.#unsentAppends });
    this.#unsentAppends = [];
  }

  #handleReply(message: WriterReply): void {
    if ('outcomes' in message) {
      const waiting = this.#pendingAppends.splice(0, message.outcomes.length);
      // The head first: whoever is resolved may at once ask for what follows from it.
      if (message.outcomes.some(({ outcome }) => outcome === 'appended')) this.heads.next(message.head);
      message.outcomes.forEach((outcome, index) => waiting[index]?.resolve(outcome));
      this.#completeBatch();
    } else if ('notWritten' in message) {
      const reason = new UnavailableError(message.notWritten, message.message, 5);
      for (const { reject } of this.#pendingAppends.splice(0, message.count)) reject(reason);
      this.#completeBatch();
    } else if ('importedEntries' in message) this.#currentImport?.step.resolve(message.importedEntries);
    else if ('importRefused' in message)
      this.#currentImport?.step.reject(
        new ImportRefusedError(message.importRefused, message.message, message.entry),
      );
    else if ('importFailed' in message)
      this.#currentImport?.step.reject(new UnavailableError(message.importFailed, message.message, 5));
    else if ('fatal' in message) this.#fail(message.fatal);
  }

  #completeBatch(): void {
    this.#isCommitting = false;
    this.#sendBatch();
  }

  #fail(sentence: string): void {
    this.#fatalMessage = sentence;
    const reason = new UnavailableError('outcome-unknown', sentence, 5);
    for (const { reject } of this.#pendingAppends.splice(0)) reject(reason);
    this.#currentImport?.step.reject(reason);
    this.onFatal(sentence);
  }
}
