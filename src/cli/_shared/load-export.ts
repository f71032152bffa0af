// An exported book as a ledger of this machine.
import type { Readable } from 'node:stream';
import { writtenDown } from '../../audit/load-export-unchecked.js';
import { textOf } from '../../commands/bulk-import.js';
import { linesOf } from '../../json/ndjson-lines.js';
import {
  EXPORT_LINE_MAX,
  type ExportHeader,
  headerOf,
  NotAnExport,
  type NumberedLine,
  pagesOf,
} from '../../ledger/export.js';
import type { ProgressLine } from './progress-line.js';

/**
 * Makes the file of a ledger from an export, whatever is wrong with the entries. Resolves to what its first line says;
 * rejects with NotAnExport or OutOfPlace.
 */
export async function writeDown(
  source: Readable,
  ledger: string,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<ExportHeader> {
  const lines = linesOf(source, EXPORT_LINE_MAX);
  async function* numbered(): AsyncGenerator<NumberedLine> {
    for await (const line of lines) yield textOf(line);
  }
  const first = await lines.next();
  if (first.done) throw new NotAnExport(1, 'does not begin the export of a book');
  const header = headerOf(textOf(first.value));
  for await (const done of writtenDown(ledger, pagesOf(header, numbered()))) {
    progress.show('Reading the file', { done, of: header.entries });
    signal.throwIfAborted();
  }
  return header;
}
