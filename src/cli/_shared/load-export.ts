// An exported book as a ledger of this machine.
import type { Readable } from 'node:stream';
import { loadExportUnchecked } from '../../audit/load-export-unchecked.js';
import { decodeLine } from '../../commands/bulk-import.js';
import { readLines } from '../../json/ndjson-lines.js';
import {
  EXPORT_LINE_MAX,
  type ExportHeader,
  parseExportHeader,
  InvalidExportError,
  type NumberedLine,
  readExportPages,
} from '../../ledger/export.js';
import type { ProgressLine } from './progress-line.js';

/**
 * Makes the file of a ledger from an export, whatever is wrong with the entries. Resolves to what its first line says;
 * rejects with NotAnExport or OutOfPlace.
 */
export async function loadExport(
  source: Readable,
  ledger: string,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<ExportHeader> {
  const lines = readLines(source, EXPORT_LINE_MAX);
  async function* numbered(): AsyncGenerator<NumberedLine> {
    for await (const line of lines) yield decodeLine(line);
  }
  const first = await lines.next();
  if (first.done) throw new InvalidExportError(1, 'does not begin the export of a book');
  const header = parseExportHeader(decodeLine(first.value));
  for await (const done of loadExportUnchecked(ledger, readExportPages(header, numbered()))) {
    progress.show('Reading the file', { done, of: header.entries });
    signal.throwIfAborted();
  }
  return header;
}
