import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { LogPosition } from '../cluster-log.js';
import { type IndexedField, createJsonIndexes } from './json-indexes.js';
import { LedgerUnusableError, toLedgerUnusableError } from './schema.js';
import type { WriterData, WriterReply, WriterRequest } from './writer.worker.js';

export type WriterOptions = {
  /** ledger.db */
  readonly file: string;
  /** Whether the book is a copy of a cluster's. */
  readonly isReplica: boolean;
  readonly indexedFields?: readonly IndexedField[];
};

/** The thread that writes ledger.db. It answers one message after the other, in order. */
export class WriterThread {
  /** Told every answer. */
  onReply: (reply: WriterReply) => void = () => undefined;
  /** Told that the thread ended by itself. */
  onFatal: (sentence: string) => void = () => undefined;
  readonly #exited: Promise<void>;

  private constructor(
    worker: Worker,
    private readonly port: MessagePort,
    readonly head: number,
    /** In the cluster's log, of the entry at the head. */
    readonly logPosition: LogPosition | undefined,
  ) {
    port.on('message', (reply: WriterReply) => {
      if ('closed' in reply) this.port.close();
      else this.onReply(reply);
    });
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('error', (error) => this.onFatal(`The writer of the ledger failed: ${String(error)}`));
  }

  /** Opens or makes the ledger. Rejects with LedgerUnusable and a sentence. */
  static async open({ file, isReplica, indexedFields: lookups = [] }: WriterOptions): Promise<WriterThread> {
    const { port1, port2 } = new MessageChannel();
    const workerData: WriterData = { file, isReplica, port: port2 };
    const worker = new Worker(new URL('./writer.worker.js', import.meta.url), {
      workerData,
      transferList: [port2],
      name: 'ledger-writer',
    });
    const [opened] = (await once(port1, 'message')) as [WriterReply];
    if (!('opened' in opened)) {
      port1.close();
      throw new LedgerUnusableError('unusable' in opened ? opened.unusable : `${file} cannot be opened.`);
    }
    try {
      createJsonIndexes(file, lookups);
    } catch (error) {
      port1.postMessage({ close: true } satisfies WriterRequest);
      port1.close();
      throw toLedgerUnusableError(file, error);
    }
    return new WriterThread(worker, port1, opened.opened, opened.logPosition);
  }

  send(request: WriterRequest): void {
    this.port.postMessage(request);
  }

  /** Resolves when all that was sent is done and the file is closed. */
  async close(): Promise<void> {
    this.send({ close: true });
    await this.#exited;
  }
}
