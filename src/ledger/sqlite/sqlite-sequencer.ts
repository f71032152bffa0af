import { from, Subject } from 'rxjs';
import type { Entry } from '../entry.js';
import {
  type Append,
  type AppendOutcome,
  createStateUnknownError,
  ImportRefusedError,
  Sequencer,
  UnavailableError,
} from '../sequencer.js';
import { IMPORT_IDLE_TIMEOUT_MS, IMPORT_RETRY_AFTER_SECONDS } from '../timeouts.js';
import { waitFor } from '../wait-for.js';
import { FileReplacementDetector, listLedgerFiles } from './file-replacement-detector.js';
import type { ImportStep, WriteFault, WriterOptions } from './ledger-writer.worker.js';
import { LedgerWriterThread, type WriterResponse } from './ledger-writer-thread.js';
import { formatLostLedger } from './write-errors.js';

type PendingAppend = {
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (reason: UnavailableError) => void;
};

type PendingImportStep = {
  readonly resolve: (entries: number) => void;
  readonly reject: (reason: Error) => void;
};

type SqliteSequencerOptions = Pick<WriterOptions, 'continuesBehindHead' | 'indexedFields'> & {
  readonly importIdleTimeoutMs?: number;
  /** Called with a sentence for the operator. */
  readonly warn?: (sentence: string) => void;
};

/** The sequencer of one machine: ledger.db itself orders the events, through one writer thread. */
export class SqliteSequencer extends Sequencer {
  readonly isShared = false;
  readonly connectionState = 'live';
  readonly capacity = 1_024;
  readonly heads = new Subject<number>();
  readonly #pendingAppends: PendingAppend[] = [];
  #unsentAppends: Append[] = [];
  /** While a ledger is imported: the step that the writer has not acknowledged yet. */
  #currentImport: { readonly step: PendingImportStep } | undefined;
  /** Whether the writer has a batch that it has not acknowledged yet. */
  #isCommitting = false;
  #closing: Promise<void> | undefined;
  #isStateUnknown = false;
  /** Why the last batch was not written, until the writer has found that it can write again. */
  #writeFault: WriteFault | undefined;
  readonly #guard: FileReplacementDetector;

  private constructor(
    private readonly writer: LedgerWriterThread,
    file: string,
    private readonly onFatal: (sentence: string) => void,
    private readonly importIdleTimeoutMs: number,
  ) {
    super();
    this.#writeFault = writer.initialFault;
    this.#guard = new FileReplacementDetector(listLedgerFiles(file));
    writer.onReply = (reply) => this.#handleReply(reply);
    writer.onFatal = (sentence) => this.#fail(sentence);
  }

  /**
   * Opens or creates the ledger; one that can only be read now refuses appends until it can be written. Rejects with
   * LedgerUnusableError and a sentence. `onFatal` is called when the process must end because it cannot know what is on
   * disk.
   */
  static async open(
    file: string,
    onFatal: (sentence: string) => void,
    { importIdleTimeoutMs = IMPORT_IDLE_TIMEOUT_MS, warn, ...options }: SqliteSequencerOptions = {},
  ): Promise<SqliteSequencer> {
    const writer = await LedgerWriterThread.open({ ...options, file, isReplica: false });
    const { detail } = writer.initialFault ?? {};
    if (detail !== undefined) warn?.(detail);
    return new SqliteSequencer(writer, file, onFatal, importIdleTimeoutMs);
  }

  get pendingAppends(): number {
    return this.#pendingAppends.length;
  }

  append(append: Append): Promise<AppendOutcome> {
    const refusal = this.#findRefusal();
    if (refusal) return Promise.reject(refusal);
    if (this.#pendingAppends.length >= this.capacity)
      return Promise.reject(
        new UnavailableError('busy', `${this.capacity} appends are pending; send the command again.`),
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
        'Commands are being recorded, and a book can be imported into an empty one only.',
      );
    let pending = this.#sendImportStep('begin');
    try {
      await pending;
      for await (const page of withIdleTimeout(pages, this.importIdleTimeoutMs)) {
        await pending;
        pending = this.#sendImportStep(page);
        pending.catch(() => undefined); // a failure is thrown when it is awaited, before the next step
      }
      await pending;
      const entries = await this.#sendImportStep({ commit: root });
      if (entries > 0) this.heads.next(entries);
      return entries;
    } catch (error) {
      const earlier = await pending.then(
        () => undefined,
        (reason: unknown) => reason, // it is about earlier entries than a failure of `pages`
      );
      await this.#sendImportStep('abandon').catch(() => undefined); // a writer that has ended has nothing to abandon
      throw earlier ?? error;
    } finally {
      this.#currentImport = undefined;
    }
  }

  /** Resolves to the number of entries so far when the writer has finished the step. */
  #sendImportStep(step: ImportStep): Promise<number> {
    const refusal = this.#findFinalRefusal();
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#currentImport = { step: { resolve, reject } };
      this.writer.send({ type: 'import', step });
    });
  }

  get refusal(): UnavailableError | undefined {
    const displaced = this.#guard.findDisplaced();
    if (displaced !== undefined) return new UnavailableError('ledger-lost', formatLostLedger(displaced));
    const fault = this.#writeFault;
    return this.#findRefusal() ?? (fault && new UnavailableError(fault.code, fault.message));
  }

  /** Why an append is refused without being tried; undefined if it is not. */
  #findRefusal(): UnavailableError | undefined {
    return (
      this.#findFinalRefusal() ??
      (this.#currentImport &&
        new UnavailableError('busy', 'A book is being imported.', IMPORT_RETRY_AFTER_SECONDS))
    );
  }

  /** Why every append will be refused from now on; undefined if none will be. */
  #findFinalRefusal(): UnavailableError | undefined {
    if (this.#isStateUnknown) return createStateUnknownError();
    return this.#closing && new UnavailableError('stopping', 'The server is stopping.');
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeWriter();
    return this.#closing;
  }

  async #closeWriter(): Promise<void> {
    this.#isCommitting = false; // pending appends are sent behind the batch under way
    this.#sendBatch();
    await this.writer.close();
    this.heads.complete();
  }

  /**
   * Sends all waiting appends in one message, and none while a batch is being committed: appends that arrive meanwhile
   * form the next batch. A message costs as much as an insert, and each batch one sync of the disk.
   */
  #sendBatch(): void {
    if (this.#isCommitting || this.#unsentAppends.length === 0) return;
    this.#isCommitting = true;
    this.writer.send({ type: 'append', appends: this.#unsentAppends });
    this.#unsentAppends = [];
  }

  #handleReply(reply: WriterResponse): void {
    switch (reply.type) {
      case 'appended': {
        const waiting = this.#pendingAppends.splice(0, reply.outcomes.length);
        this.#writeFault = undefined;
        // The head first: the resolved caller may at once read what depends on it.
        if (reply.outcomes.some(({ outcome }) => outcome === 'appended')) this.heads.next(reply.head);
        reply.outcomes.forEach((outcome, index) => waiting[index]?.resolve(outcome));
        return this.#completeBatch();
      }
      case 'not-written': {
        const { code, message } = reply;
        // The clock is compared whenever readiness is asked for.
        this.#writeFault = code === 'clock' ? undefined : { code, message };
        const reason = new UnavailableError(code, message);
        for (const { reject } of this.#pendingAppends.splice(0, reply.count)) reject(reason);
        return this.#completeBatch();
      }
      case 'recovered':
        this.#writeFault = undefined;
        return;
      case 'imported':
        return this.#currentImport?.step.resolve(reply.entries);
      case 'import-refused':
        return this.#currentImport?.step.reject(
          new ImportRefusedError(reply.code, reply.message, reply.entry),
        );
      case 'import-failed':
        return this.#currentImport?.step.reject(new UnavailableError(reply.code, reply.message));
      case 'replicated': // only of a replica
    }
  }

  #completeBatch(): void {
    this.#isCommitting = false;
    this.#sendBatch();
  }

  #fail(sentence: string): void {
    this.#isStateUnknown = true;
    const reason = createStateUnknownError();
    for (const { reject } of this.#pendingAppends.splice(0)) reject(reason);
    this.#currentImport?.step.reject(reason);
    this.onFatal(sentence);
  }
}

/**
 * The pages, until one is not there in time: then it throws, and the source is not waited for. A client that sends half
 * of an export and nothing more must not keep all others waiting.
 */
async function* withIdleTimeout<T>(pages: AsyncIterable<T>, timeoutMs: number): AsyncGenerator<T> {
  const iterator = pages[Symbol.asyncIterator]();
  let isStalled = false;
  try {
    for (;;) {
      const next = iterator.next();
      next.catch(() => undefined); // if it fails after the timeout, nobody waits for it any more
      const turn = await waitFor(from(next), () => true, timeoutMs);
      isStalled = turn === undefined;
      if (!turn) throw createStalledError(timeoutMs);
      if (turn.done) return;
      yield turn.value;
    }
  } finally {
    if (!isStalled) await iterator.return?.();
  }
}

const createStalledError = (timeoutMs: number): ImportRefusedError =>
  new ImportRefusedError(
    'import-stalled',
    `Nothing of the export came for ${timeoutMs / 1_000} s, and all commands were waiting for it.`,
    0,
  );
