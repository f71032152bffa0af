// The results of an import: refusals are printed as they arrive, a summary at the end.
import type { ImportLineResult } from '../../commands/bulk-import.js';
import { formatDetailWithCode } from '../_shared/api-client.js';
import { OperationFailedError } from '../_shared/errors.js';
import { ProgressLine } from '../_shared/progress-line.js';
import type { ImportInput } from './import-input.js';

type ReportedInput = Pick<ImportInput, 'expectedEntries' | 'describePlace' | 'failure'>;
type LineError = { readonly pointer: string; readonly detail: string; readonly code: string };

export class ImportReport {
  readonly #progress = new ProgressLine();
  readonly #counts = { recorded: 0, alreadyRecorded: 0, refused: 0 };
  readonly #isCheck: boolean;
  #input: ReportedInput | undefined;
  #isComplete = false;

  constructor({ isCheck }: { readonly isCheck: boolean }) {
    this.#isCheck = isCheck;
  }

  /** Call it before the first result. */
  begin(input: ReportedInput): void {
    this.#input = input;
  }

  /** Whether no further result can change the outcome. */
  isFinished(stopOnFailure: boolean): boolean {
    return this.#counts.refused > 0 && (stopOnFailure || this.#input?.expectedEntries !== undefined);
  }

  addResult(result: ImportLineResult): void {
    const { line, status, entry = 0, code } = result;
    const expectedEntries = this.#input?.expectedEntries;
    if (code !== undefined) {
      this.#counts.refused++;
      this.#progress.clear();
      for (const sentence of this.#formatErrors(result)) console.error(sentence);
    } else if (expectedEntries !== undefined) {
      this.#isComplete = status !== 202;
      this.#progress.show('Importing entries', { done: entry, of: expectedEntries });
    } else {
      this.#counts[status === 201 ? 'recorded' : 'alreadyRecorded']++;
      this.#progress.show(this.#isCheck ? 'Checking lines' : 'Importing lines', { done: line, of: 0 });
    }
  }

  clearProgress(): void {
    this.#progress.clear();
  }

  /** Prints the summary; throws OperationFailedError unless all lines were read and accepted. */
  printSummary(): void {
    const { recorded, alreadyRecorded, refused } = this.#counts;
    const { expectedEntries, failure } = this.#input ?? {};
    if (expectedEntries === undefined) {
      if (recorded + alreadyRecorded + refused === 0 && !failure) console.log('The input has no commands.');
      const verb = this.#isCheck ? 'Would be recorded' : 'Recorded';
      console.log(`${verb}: ${recorded}. Already recorded: ${alreadyRecorded}. Refused: ${refused}.`);
    } else if (this.#isComplete) console.log(`Imported: ${expectedEntries} entries.`);
    else if (refused === 0 && !failure)
      throw new OperationFailedError('The import ended before it was complete.');
    if (failure) throw failure;
    if (refused > 0)
      throw new OperationFailedError(
        expectedEntries === undefined
          ? `${refused} ${refused === 1 ? 'line was' : 'lines were'} refused.`
          : 'Nothing was imported.',
      );
  }

  /** One sentence for each error, each with its line. */
  #formatErrors({ line, code = '', detail = '', errors }: ImportLineResult): readonly string[] {
    const describe = this.#input?.describePlace ?? ((number: number) => `Line ${number}`);
    const listed = (errors ?? []) as readonly LineError[];
    return listed.length === 0
      ? [`${describe(line, undefined)}: ${formatDetailWithCode(detail, code)}`]
      : listed.map(
          (each) => `${describe(line, each.pointer)}: ${formatDetailWithCode(each.detail, each.code)}`,
        );
  }
}
