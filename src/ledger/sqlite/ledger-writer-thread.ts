import type { LogPosition } from '../cluster-log.js';
import { WorkerThread } from '../worker-thread.js';
import type { WriteFault, WriterOptions, WriterReply, WriterRequest } from './ledger-writer.worker.js';
import { LedgerUnusableError } from '../ledger-unusable-error.js';

type OpenedReply = Extract<WriterReply, { type: 'opened' }>;
type OpeningReply = Extract<WriterReply, { type: 'opened' | 'unusable' }>;
/** A reply to a request, in the order of the requests; `recovered` comes by itself. */
export type WriterResponse = Exclude<WriterReply, OpeningReply | { type: 'fatal' }>;

/** The thread that writes ledger.db. It handles one request after the other, and replies in their order. */
export class LedgerWriterThread {
  /** Called for every reply. */
  onReply: (reply: WriterResponse) => void = () => undefined;
  /** Called when nothing can be written any more: the thread ends by itself. */
  onFatal: (sentence: string) => void = () => undefined;
  readonly #thread: WorkerThread<WriterRequest, WriterReply>;
  readonly #opening = Promise.withResolvers<OpeningReply>();
  #opened: OpenedReply | undefined;

  private constructor(data: WriterOptions) {
    this.#thread = new WorkerThread(
      new URL('./ledger-writer.worker.js', import.meta.url),
      data,
      (reply) => this.#handleReply(reply),
      { name: 'ledger-writer' },
    );
    void this.#thread.ended.then((error) => {
      const sentence = `The writer of the ledger failed: ${String(error)}`;
      this.#opening.resolve({ type: 'unusable', message: sentence });
      if (error) this.onFatal(sentence);
    });
  }

  /**
   * Opens or creates the ledger; one that can only be read now is opened with a fault. Rejects with LedgerUnusableError
   * and a sentence.
   */
  static async open(options: WriterOptions): Promise<LedgerWriterThread> {
    const thread = new LedgerWriterThread(options);
    const opened = await thread.#opening.promise;
    if (opened.type === 'unusable') throw new LedgerUnusableError(opened.message);
    thread.#opened = opened;
    return thread;
  }

  /** The position of the last entry in the cluster's log, when the ledger was opened. */
  get logPosition(): LogPosition | undefined {
    return this.#opened?.logPosition;
  }

  /** Why nothing could be written when the ledger was opened; the thread goes on trying, and replies `recovered`. */
  get initialFault(): WriteFault | undefined {
    return this.#opened?.fault;
  }

  send(request: WriterRequest): void {
    this.#thread.send(request);
  }

  /** Resolves when all requests are handled and the file is closed. */
  async close(): Promise<void> {
    this.send({ type: 'close' });
    await this.#thread.ended;
  }

  #handleReply(reply: WriterReply): void {
    if (reply.type === 'opened' || reply.type === 'unusable') this.#opening.resolve(reply);
    else if (reply.type === 'fatal') this.onFatal(reply.message);
    else this.onReply(reply);
  }
}
