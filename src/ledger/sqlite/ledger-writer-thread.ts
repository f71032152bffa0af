import type { LogPosition } from '../cluster-log.js';
import { WorkerThread } from '../worker-thread.js';
import { type IndexedField, createJsonIndexes } from './json-indexes.js';
import type { WriterData, WriterReply, WriterRequest } from './ledger-writer.worker.js';
import { LedgerUnusableError } from '../ledger-unusable-error.js';
import { toLedgerUnusableError } from './sqlite-errors.js';

type WriterOptions = {
  /** ledger.db */
  readonly file: string;
  /** Whether the events come from a cluster's log. */
  readonly isReplica: boolean;
  readonly indexedFields?: readonly IndexedField[];
};

type OpeningReply = Extract<WriterReply, { type: 'opened' | 'unusable' }>;
/** A reply to a request, in the order of the requests. */
export type RequestReply = Exclude<WriterReply, OpeningReply | { type: 'fatal' }>;

/** The thread that writes ledger.db. It handles one request after the other, and replies in their order. */
export class LedgerWriterThread {
  /** Called for every reply. */
  onReply: (reply: RequestReply) => void = () => undefined;
  /** Called when nothing can be written any more: the thread ends by itself. */
  onFatal: (sentence: string) => void = () => undefined;
  readonly #thread: WorkerThread<WriterRequest, WriterReply>;
  readonly #opened = Promise.withResolvers<OpeningReply>();
  #logPosition: LogPosition | undefined;

  private constructor(data: WriterData) {
    this.#thread = new WorkerThread(
      new URL('./ledger-writer.worker.js', import.meta.url),
      data,
      (reply) => this.#handleReply(reply),
      { name: 'ledger-writer' },
    );
    void this.#thread.ended.then((error) => {
      const sentence = `The writer of the ledger failed: ${String(error)}`;
      this.#opened.resolve({ type: 'unusable', message: sentence });
      if (error) this.onFatal(sentence);
    });
  }

  /** Opens or creates the ledger. Rejects with LedgerUnusableError and a sentence. */
  static async open({ file, isReplica, indexedFields = [] }: WriterOptions): Promise<LedgerWriterThread> {
    const thread = new LedgerWriterThread({ file, isReplica });
    const opened = await thread.#opened.promise;
    if (opened.type === 'unusable') throw new LedgerUnusableError(opened.message);
    thread.#logPosition = opened.logPosition;
    try {
      createJsonIndexes(file, indexedFields);
    } catch (error) {
      await thread.close();
      throw toLedgerUnusableError(file, error);
    }
    return thread;
  }

  /** The position of the last entry in the cluster's log, when the ledger was opened. */
  get logPosition(): LogPosition | undefined {
    return this.#logPosition;
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
    if (reply.type === 'opened' || reply.type === 'unusable') this.#opened.resolve(reply);
    else if (reply.type === 'fatal') this.onFatal(reply.message);
    else this.onReply(reply);
  }
}
