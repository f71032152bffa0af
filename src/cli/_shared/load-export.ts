// Loads an export into a ledger file.
import type { Readable } from 'node:stream';
import { loadExportUnchecked } from '../../audit/load-export-unchecked.js';
import { decodeLine, isExport } from '../../commands/bulk-import.js';
import { readLines } from '../../json/ndjson-lines.js';
import {
  EXPORT_LINE_MAX_BYTES,
  type ExportHeader,
  parseExportHeader,
  type NumberedLine,
} from '../../ledger/export-line.js';
import { parseExportPages } from '../../ledger/export.js';
import { UsageError } from './errors.js';
import type { ProgressLine } from './progress-line.js';

/**
 * Builds a ledger file from an export without verifying the hashes of the entries, which is the task of the caller.
 * Resolves to the header; rejects with UsageError, InvalidExportError or MisplacedEntryError.
 */
export async function loadExport(
  source: Readable,
  ledger: string,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<ExportHeader> {
  const lines = readLines(source, EXPORT_LINE_MAX_BYTES);
  async function* numbered(): AsyncGenerator<NumberedLine> {
    for await (const line of lines) yield decodeLine(line);
  }
  const first = await lines.next();
  if (!isExport(first))
    throw new UsageError(
      'The file is not an export of a book: its first line must be the header that "minutebook export" writes.',
    );
  const header = parseExportHeader(decodeLine(first.value));
  for await (const done of loadExportUnchecked(ledger, parseExportPages(header, numbered()))) {
    progress.show('Reading the file', { done, of: header.entries });
    signal.throwIfAborted();
  }
  return header;
}
