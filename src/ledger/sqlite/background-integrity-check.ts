import { statSync } from 'node:fs';
import { UnavailableError } from '../sequencer.js';
import { WorkerThread } from '../worker-thread.js';
import type { IntegrityCheckWorkerData, IntegrityCheckResult } from './background-integrity-check.worker.js';
import { formatRebuildAdvice, LEDGER_DAMAGED_DETAIL } from './sqlite-errors.js';
import { FULL_CHECK_FILE_SIZE_MAX_BYTES } from './verify-at-open.js';

/**
 * Checks the pages of a large ledger behind the start, since that takes as long as reading the file. Nothing is recorded in
 * a file with a damaged page. Whether each index has the rows of its table is checked only by an audit, or by the writer
 * when it opens a small file.
 */
export class BackgroundIntegrityCheck {
  #fault: UnavailableError | undefined;
  readonly #thread: WorkerThread<{ readonly type: 'close' }, IntegrityCheckResult> | undefined;

  /** `onDamage` is called with a sentence that says what to do. */
  constructor(
    file: string,
    onDamage: (sentence: string) => void,
    bytesCheckedBefore: number = FULL_CHECK_FILE_SIZE_MAX_BYTES,
  ) {
    if (statSync(file).size <= bytesCheckedBefore) return;
    const data: IntegrityCheckWorkerData = { file };
    const handleResult = ([damage]: IntegrityCheckResult): void => {
      if (damage === undefined) return;
      this.#fault = new UnavailableError('ledger-damaged', LEDGER_DAMAGED_DETAIL);
      onDamage(formatRebuildAdvice(file, damage));
    };
    const entry = new URL('./background-integrity-check.worker.js', import.meta.url);
    this.#thread = new WorkerThread(entry, data, handleResult, { name: 'integrity-check' });
  }

  /** Why nothing may be recorded; undefined if no damage was found. */
  get fault(): UnavailableError | undefined {
    return this.#fault;
  }

  /** Resolves when the file was checked. If the thread fails, an audit checks the file again. */
  async finish(): Promise<void> {
    await this.#thread?.ended;
  }

  async close(): Promise<void> {
    await this.#thread?.stop({ type: 'close' });
  }
}
