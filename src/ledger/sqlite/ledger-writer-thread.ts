import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { LogPosition } from '../cluster-log.js';
import { type IndexedField, createJsonIndexes } from './json-indexes.js';
import { LedgerUnusableError } from '../ledger-unusable-error.js';
import { toLedgerUnusableError } from './sqlite-errors.js';
import type { WriterData, WriterReply, WriterRequest } from './ledger-writer.worker.js';

type WriterOptions = {
  /** ledger.db */
  readonly file: string;
  /** Whether the events come from a cluster's log. */
  readonly isReplica: boolean;
  readonly indexedFields?: readonly IndexedField[];
};

/** The thread that writes ledger.db. It handles one request after the other, and replies in their order. */
export class LedgerWriterThread {
  /** Called for every reply. */
  onReply: (reply: WriterReply) => void = () => undefined;
  /** Called when the thread ends by itself. */
  onFatal: (sentence: string) => void = () => undefined;
  readonly #exited: Promise<void>;

  private constructor(
    worker: Worker,
    private readonly port: MessagePort,
    readonly head: number,
    /** The position of the head in the cluster's log. */
    readonly logPosition: LogPosition | undefined,
  ) {
    port.on('message', (reply: WriterReply) => {
      if ('closed' in reply) this.port.close();
      else this.onReply(reply);
    });
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('error', (error) => this.onFatal(`The writer of the ledger failed: ${String(error)}`));
  }

  /** Opens or creates the ledger. Rejects with LedgerUnusableError and a sentence. */
  static async open({ file, isReplica, indexedFields = [] }: WriterOptions): Promise<LedgerWriterThread> {
    const { port1, port2 } = new MessageChannel();
    const workerData: WriterData = { file, isReplica, port: port2 };
    const worker = new Worker(new URL('./ledger-writer.worker.js', import.meta.url), {
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
      createJsonIndexes(file, indexedFields);
    } catch (error) {
      port1.postMessage({ close: true } satisfies WriterRequest);
      port1.close();
      throw toLedgerUnusableError(file, error);
    }
    return new LedgerWriterThread(worker, port1, opened.opened, opened.logPosition);
  }

  send(request: WriterRequest): void {
    this.port.postMessage(request);
  }

  /** Resolves when all requests are handled and the file is closed. */
  async close(): Promise<void> {
    this.send({ close: true });
    await this.#exited;
  }
}
