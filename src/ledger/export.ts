// A whole ledger, or one stream, as lines of text, which are imported, audited and replayed elsewhere.
import { canonicalJson } from '../json/canonical-json.js';
import { DamagedEntryError, type Entry } from './entry.js';
import {
  type ExportHeader,
  formatExportLine,
  InvalidExportError,
  type NumberedLine,
  parseExportLine,
} from './export-line.js';
import type { Ledger } from './ledger.js';

/** The largest number of entries that are read or yielded together. */
const PAGE_SIZE = 100;
/** A page that is read back is yielded once its lines have this many characters. */
const PAGE_TEXT_MAX = 1024 * 1024;
/** How large the entries of a page may be that is written. One that is larger is a page of its own. */
const PAGE_BYTES_MAX = 256 * 1024;

/**
 * The ledger up to an entry as text: the header, then one line for each entry, each of them canonical JSON (RFC 8785)
 * that ends in a newline. Yields pages, so that neither memory nor the time without yielding to the event loop grows
 * with the ledger. Throws DamagedEntryError.
 */
export function* generateExportLines(ledger: Ledger, header: ExportHeader): Generator<string> {
  const { entries, key, root } = header;
  yield `${canonicalJson({ entries, export: 'minutebook', key, root, v: 1 })}\n`;
  for (let entry = 0; entry < entries;) {
    const page = ledger.readAfter(entry, Math.min(PAGE_SIZE, entries - entry), PAGE_BYTES_MAX);
    if (page.length === 0) throw new DamagedEntryError(entry + 1, 'is missing');
    yield page.map(formatExportLine).join('');
    entry += page.length;
  }
}

/** The first line of the record of one stream. */
type StreamExportHeader = Pick<ExportHeader, 'entries' | 'key'> & { readonly stream: string };

/**
 * The first entries of one stream in the same format, and in a last line the receipt (C2SP tlog-proof) of the last of
 * them, which proves all of them, since each entry names the leaf of the one before it. Throws DamagedEntryError.
 */
export function* generateStreamLines(
  ledger: Ledger,
  { entries, key, stream }: StreamExportHeader,
  receipt: string,
): Generator<string> {
  yield `${canonicalJson({ entries, export: 'minutebook-stream', key, stream, v: 1 })}\n`;
  for (let revision = 0; revision < entries;) {
    const page = ledger.readStream(stream, revision, Math.min(PAGE_SIZE, entries - revision), PAGE_BYTES_MAX);
    if (page.length === 0) throw new Error(`${stream} has no revision ${revision}`);
    yield page.map(formatExportLine).join('');
    revision += page.length;
  }
  yield `${canonicalJson({ receipt })}\n`;
}

/**
 * The entries of an export in pages, each line checked by itself. Throws InvalidExportError, at the end also if there
 * are fewer than the header states.
 */
export async function* parseExportPages(
  header: ExportHeader,
  lines: AsyncIterable<NumberedLine>,
): AsyncGenerator<readonly Entry[]> {
  let [page, textLength, expected]: [Entry[], number, number] = [[], 0, 2];
  let failure: Error | undefined;
  try {
    for await (const line of lines) {
      if (line.number !== expected)
        throw new InvalidExportError(expected, 'is blank, which no line of an export may be');
      if (expected++ > header.entries + 1)
        throw new InvalidExportError(line.number, `follows the ${header.entries} entries that line 1 states`);
      page.push(parseExportLine(line));
      textLength += line.text.length;
      if (page.length < PAGE_SIZE && textLength < PAGE_TEXT_MAX) continue;
      yield page;
      [page, textLength] = [[], 0];
    }
    if (expected < header.entries + 2)
      throw new InvalidExportError(expected, `is missing: line 1 states ${header.entries} entries`);
  } catch (error) {
    failure = error as Error;
  }
  // Before the failure is thrown: an earlier entry of this page may be refused, and the first error is to be reported.
  if (page.length > 0) yield page;
  if (failure) throw failure;
}
