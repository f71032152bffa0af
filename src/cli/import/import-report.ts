// What becomes of the lines of an import: refusals are told as they come, a summary at the end.
import type { Result } from '../../commands/bulk-import.js';
import { beginsExport } from '../../ledger/export.js';
import { withCode } from '../_shared/api-client.js';
import { ProgressLine } from '../_shared/progress-line.js';
import { Refused } from '../_shared/errors.js';

export class ImportReport {
  readonly #progress = new ProgressLine();
  readonly #of = { recorded: 0, known: 0, refused: 0 };
  /** Entries of the book that is imported; undefined if it is commands. */
  #book: number | undefined;
  #isComplete = false;

  constructor(readonly stopsAtFailure: boolean) {}

  begin(firstLine: string): void {
    if (beginsExport(firstLine))
      this.#book = Number((JSON.parse(firstLine) as { entries?: unknown }).entries) || 0;
  }

  /** Whether nothing that comes can matter any more. */
  get isOver(): boolean {
    return this.#of.refused > 0 && (this.stopsAtFailure || this.#book !== undefined);
  }

  hear({ line, status, entry = 0, code, detail = '' }: Result): void {
    if (code !== undefined) {
      this.#of.refused++;
      this.#progress.clear();
      console.error(`Line ${line}: ${withCode(detail, code)}`);
    } else if (this.#book !== undefined) {
      this.#isComplete = status !== 202;
      this.#progress.show('Importing entries', { done: entry, of: this.#book });
    } else {
      this.#of[status === 201 ? 'recorded' : 'known']++;
      this.#progress.show('Importing lines', { done: line, of: 0 });
    }
  }

  end(): void {
    this.#progress.clear();
  }

  /** Throws Refused, and says what is done otherwise. */
  assertDone(): void {
    const { recorded, known, refused } = this.#of;
    if (this.#book === undefined)
      console.log(`Recorded: ${recorded}. Known already: ${known}. Refused: ${refused}.`);
    else if (this.#isComplete) console.log(`Imported: ${this.#book} entries.`);
    else if (refused === 0) throw new Refused('The import broke off before it was complete.');
    if (refused > 0)
      throw new Refused(
        this.#book === undefined
          ? `Of the lines ${refused} ${refused === 1 ? 'was' : 'were'} refused.`
          : 'Nothing was imported.',
      );
  }
}
