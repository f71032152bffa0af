// Tables: CSV as spreadsheets write it, one command a row.
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { getErrorMessage } from '../../errors/get-error-message.js';
import type { JsonObject } from '../../json/json.js';
import type { NdjsonLine } from '../../json/ndjson-lines.js';
import { OperationFailedError, UsageError } from '../_shared/errors.js';
import { type ImportInput, formatInputName, createCommandInput } from './import-input.js';
import { type ColumnMapping, CsvRowMapper } from './csv-row-mapper.js';

/** What a row may hold, in characters: as much as a line with a command. */
const ROW_MAX_LENGTH = 512 * 1024;
/** How much of the file is looked at to find its delimiter, if it has no line break before. */
const HEADER_MAX_BYTES = 64 * 1024;
const DELIMITERS = [',', ';', '\t'] as const;

export type CsvInputOptions = {
  /** The command that every row is. */
  readonly command: string;
  readonly mapping: ColumnMapping;
  /** The JSON Schema of the command's data. */
  readonly schema: JsonObject;
};

/**
 * Opens a table in UTF-8, with or without a byte order mark, delimited by commas, semicolons or tabs. The first row has the
 * names of the columns. Rejects with UsageError if they do not fit the command, before anything is recorded.
 */
export async function openCsvInput(
  source: Readable,
  file: string,
  table: CsvInputOptions,
): Promise<ImportInput> {
  const rows = readRows(source, file);
  const first = await rows.next();
  if (first.done)
    throw new UsageError(
      `${formatInputName(file)} is empty: its first row must have the names of the columns.`,
    );
  const header = first.value.map((name) => name.trim());
  const mapper = new CsvRowMapper(table.command, table.schema, header, table.mapping);
  const describe = (row: number, pointer?: string): string => {
    const name = pointer === undefined ? undefined : (mapper.findName(pointer) ?? pointer);
    return `Row ${row}${name ? `, ${name}` : ''}`;
  };
  return createCommandInput(toCommands(rows, header, table.command, mapper), file, describe);
}

/** Rows have the numbers that a spreadsheet shows: the header is row 1, and empty rows are counted. */
async function* toCommands(
  rows: AsyncIterable<readonly string[]>,
  header: readonly string[],
  command: string,
  mapper: CsvRowMapper,
): AsyncGenerator<NdjsonLine> {
  let number = 1;
  for await (const row of rows) {
    number++;
    if (row.every((cell) => cell === '')) continue;
    if (row.length < header.length || row.slice(header.length).some((cell) => cell !== ''))
      throw new OperationFailedError(
        `Row ${number} has ${row.length} cells, but the header has ${header.length}: put cells with a delimiter or a line break in quotes.`,
      );
    const nameless = row.findIndex((cell, index) => cell !== '' && (header[index] ?? '') === '');
    if (nameless !== -1)
      throw new OperationFailedError(
        `Row ${number} has a value in column ${nameless + 1}, which has no name.`,
      );
    const data = mapper.toData(row);
    yield { number, bytes: Buffer.from(JSON.stringify({ command, data })), tooLong: false };
  }
}

/** Rejects with OperationFailedError and the number of the row if it is not CSV or not UTF-8. */
async function* readRows(source: Readable, file: string): AsyncGenerator<readonly string[], undefined> {
  const chunks = (source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)[
    Symbol.asyncIterator
  ]();
  const head = await readHeader(chunks);
  const parser = parse({
    bom: true,
    delimiter: findDelimiter(head.toString()),
    relax_column_count: true,
    max_record_size: ROW_MAX_LENGTH,
  });
  const reading = pipeline(assertUtf8(head, chunks, file), parser);
  reading.catch(() => undefined); // the error is thrown by the parser's iterator, too
  try {
    yield* parser as AsyncIterable<readonly string[]>;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new OperationFailedError(
      `Row ${parser.info.records + 1} of ${formatInputName(file)} is not CSV: ${getErrorMessage(error)}.`,
    );
  }
}

/** The bytes up to the first line break or further. */
async function readHeader(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < HEADER_MAX_BYTES && !head.includes(10)) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

/** The delimiter that stands most often in the header, outside of quotes: spreadsheets take it from the language. */
function findDelimiter(text: string): string {
  const header = (text.split(/\r?\n/, 1)[0] ?? '').replaceAll(/"(?:[^"]|"")*"/g, '');
  const count = (delimiter: string): number => header.split(delimiter).length;
  return DELIMITERS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

async function* assertUtf8(
  head: Buffer,
  chunks: AsyncIterator<Buffer>,
  file: string,
): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for (let chunk = head; ;) {
      decoder.decode(chunk, { stream: true });
      yield chunk;
      const next = await chunks.next();
      if (next.done) break;
      chunk = next.value;
    }
    decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new OperationFailedError(`${formatInputName(file)} is not UTF-8: save it as "CSV UTF-8".`);
  }
}
