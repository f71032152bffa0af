// The results of an import: refusals are printed as they arrive, a summary at the end.
import type { ImportLineResult } from '../../commands/bulk-import.js';
import { isExportHeaderLine } from '../../ledger/export-line.js';
import { formatProblem } from '../_shared/api-client.js';
import { ProgressLine } from '../_shared/progress-line.js';
import { OperationFailedError } from '../_shared/errors.js';

export class ImportReport {
  readonly #progress = new ProgressLine();
  readonly #counts = { recorded: 0, alreadyRecorded: 0, refused: 0 };
  /** The number of imported entries; undefined for an import of commands. */
  #expectedEntries: number | undefined;
  #isComplete = false;

  constructor(readonly stopOnFailure: boolean) {}

  readFirstLine(firstLine: string): void {
    if (isExportHeaderLine(firstLine))
      this.#expectedEntries = Number((JSON.parse(firstLine) as { entries?: unknown }).entries) || 0;
  }

  /** Whether no further result can change the outcome. */
  get isFinished(): boolean {
    return this.#counts.refused > 0 && (this.stopOnFailure || this.#expectedEntries !== undefined);
  }

  addResult({ line, status, entry = 0, code, detail = '' }: ImportLineResult): void {
    if (code !== undefined) {
      this.#counts.refused++;
      this.#progress.clear();
      console.error(`Line ${line}: ${formatProblem(detail, code)}`);
    } else if (this.#expectedEntries !== undefined) {
      this.#isComplete = status !== 202;
      this.#progress.show('Importing entries', { done: entry, of: this.#expectedEntries });
    } else {
      this.#counts[status === 201 ? 'recorded' : 'alreadyRecorded']++;
      this.#progress.show('Importing lines', { done: line, of: 0 });
    }
  }

  clearProgress(): void {
    this.#progress.clear();
  }

  /** Prints the summary; throws OperationFailedError unless all lines were accepted. */
  printSummary(): void {
    const { recorded, alreadyRecorded, refused } = this.#counts;
    if (this.#expectedEntries === undefined)
      console.log(`Recorded: ${recorded}. Already recorded: ${alreadyRecorded}. Refused: ${refused}.`);
    else if (this.#isComplete) console.log(`Imported: ${this.#expectedEntries} entries.`);
    else if (refused === 0) throw new OperationFailedError('The import ended before it was complete.');
    if (refused > 0)
      throw new OperationFailedError(
        this.#expectedEntries === undefined
          ? `${refused} ${refused === 1 ? 'line was' : 'lines were'} refused.`
          : 'Nothing was imported.',
      );
  }
}
