import { Subject } from 'rxjs';
import type { Entry } from '../entry.js';
import { type Append, type AppendOutcome, NotTakenOver, Sequencer, Unavailable } from '../sequencer.js';
import type { Lookup } from './json-indexes.js';
import type { TakeOver, WriterReply } from './writer.worker.js';
import { WriterThread } from './writer-thread.js';

type Waiting = {
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (reason: Unavailable) => void;
};

type Step = { readonly resolve: (entries: number) => void; readonly reject: (reason: Error) => void };

/** The embedded sequencer: ledger.db itself orders the facts, through one writer thread. */
export class SqliteSequencer extends Sequencer {
  readonly isShared = false;
  readonly condition = 'live';
  readonly capacity = 1_024;
  readonly heads = new Subject<number>();
  readonly #waiting: Waiting[] = [];
  #unsent: Append[] = [];
  /** While another book is taken over: who waits for the writer to have done the last step. */
  #takingOver: { readonly step: Step } | undefined;
  /** Whether the writer has a batch that it has not answered yet. */
  #committing = false;
  #closing: Promise<void> | undefined;
  #lost: string | undefined;

  private constructor(
    private readonly writer: WriterThread,
    private readonly onLost: (sentence: string) => void,
  ) {
    super();
    writer.hear = (reply) => this.#hear(reply);
    writer.lose = (sentence) => this.#lose(sentence);
  }

  /**
   * Opens or makes the ledger. Rejects with LedgerUnusable and a sentence. `onLost` is called when the process must
   * end because it cannot know what is on disk.
   */
  static async open(
    file: string,
    onLost: (sentence: string) => void,
    lookups: readonly Lookup[] = [],
  ): Promise<SqliteSequencer> {
    return new SqliteSequencer(await WriterThread.open({ file, isCopy: false, lookups }), onLost);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  append(append: Append): Promise<AppendOutcome> {
    const refusal = this.#refusal();
    if (refusal) return Promise.reject(refusal);
    if (this.#waiting.length >= this.capacity)
      return Promise.reject(
        new Unavailable('busy', `${this.capacity} appends are waiting; send the command again.`),
      );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#unsent.push(append);
      if (this.#unsent.length === 1) setImmediate(() => this.#send());
    });
  }

  async takeOver(pages: AsyncIterable<readonly Entry[]>, root: string | null): Promise<number> {
    const refusal = this.#refusal();
    if (refusal) throw refusal;
    if (this.#waiting.length > 0)
      throw new Unavailable('busy', 'Commands are being recorded, and a book is imported into an empty one.');
    let taken = this.#step('begin');
    try {
      await taken;
      for await (const page of pages) {
        await taken;
        taken = this.#step(page);
        taken.catch(() => undefined); // which is seen when the next page is there
      }
      await taken;
      const entries = await this.#step({ commit: root });
      if (entries > 0) this.heads.next(entries);
      return entries;
    } catch (error) {
      const earlier = await taken.then(
        () => undefined,
        (reason: unknown) => reason, // about entries before those that `pages` may have failed at
      );
      await this.#step('abandon').catch(() => undefined); // a writer that is gone has nothing to abandon
      throw earlier ?? error;
    } finally {
      this.#takingOver = undefined;
    }
  }

  /** Resolves to the number of entries so far when the writer has done it. */
  #step(takeOver: TakeOver): Promise<number> {
    const refusal = this.#over();
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#takingOver = { step: { resolve, reject } };
      this.writer.send({ takeOver });
    });
  }

  /** Why nothing can be taken just now. */
  #refusal(): Unavailable | undefined {
    return this.#over() ?? (this.#takingOver && new Unavailable('busy', 'A book is being imported.', 5));
  }

  /** Why nothing will be taken any more. */
  #over(): Unavailable | undefined {
    if (this.#lost !== undefined) return new Unavailable('outcome-unknown', this.#lost, 5);
    return this.#closing && new Unavailable('stopping', 'The server is stopping.');
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#committing = false; // what waits goes out behind the batch under way
    this.#send();
    await this.writer.close();
    this.heads.complete();
  }

  /**
   * One message for all appends that wait, and none while a batch is being committed: what comes meanwhile is the
   * next batch. A message costs as much as an insert, and each batch a sync of the disk.
   */
  #send(): void {
    if (this.#committing || this.#unsent.length === 0) return;
    this.#committing = true;
    this.writer.send({ appends: this.#unsent });
    this.#unsent = [];
  }

  #hear(message: WriterReply): void {
    if ('outcomes' in message) {
      const waiting = this.#waiting.splice(0, message.outcomes.length);
      // The head first: whoever is resolved may at once ask for what follows from it.
      if (message.outcomes.some(({ outcome }) => outcome === 'appended')) this.heads.next(message.head);
      message.outcomes.forEach((outcome, index) => waiting[index]?.resolve(outcome));
      this.#committed();
    } else if ('notWritten' in message) {
      const reason = new Unavailable(message.notWritten, message.message, 5);
      for (const { reject } of this.#waiting.splice(0, message.count)) reject(reason);
      this.#committed();
    } else if ('takenOver' in message) this.#takingOver?.step.resolve(message.takenOver);
    else if ('notTakenOver' in message)
      this.#takingOver?.step.reject(new NotTakenOver(message.notTakenOver, message.message, message.entry));
    else if ('takeOverFailed' in message)
      this.#takingOver?.step.reject(new Unavailable(message.takeOverFailed, message.message, 5));
    else if ('lost' in message) this.#lose(message.lost);
  }

  #committed(): void {
    this.#committing = false;
    this.#send();
  }

  #lose(sentence: string): void {
    this.#lost = sentence;
    const reason = new Unavailable('outcome-unknown', sentence, 5);
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
    this.#takingOver?.step.reject(reason);
    this.onLost(sentence);
  }
}
