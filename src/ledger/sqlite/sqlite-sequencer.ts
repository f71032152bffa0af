import { Subject } from 'rxjs';
import { type Append, type AppendOutcome, Sequencer, Unavailable } from '../sequencer.js';
import type { Lookup } from './lookups.js';
import type { WriterReply } from './writer.worker.js';
import { WriterThread } from './writer-thread.js';

type Waiting = {
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (reason: Unavailable) => void;
};

/** The embedded sequencer: ledger.db itself orders the facts, through one writer thread. */
export class SqliteSequencer extends Sequencer {
  readonly isShared = false;
  readonly condition = 'live';
  readonly capacity = 1_024;
  readonly heads = new Subject<number>();
  readonly #waiting: Waiting[] = [];
  #unsent: Append[] = [];
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
    if (this.#lost !== undefined) return Promise.reject(new Unavailable('outcome-unknown', this.#lost, 5));
    if (this.#closing) return Promise.reject(new Unavailable('stopping', 'The server is stopping.'));
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
    } else if ('lost' in message) this.#lose(message.lost);
  }

  #committed(): void {
    this.#committing = false;
    this.#send();
  }

  #lose(sentence: string): void {
    this.#lost = sentence;
    for (const { reject } of this.#waiting.splice(0)) reject(new Unavailable('outcome-unknown', sentence, 5));
    this.onLost(sentence);
  }
}
