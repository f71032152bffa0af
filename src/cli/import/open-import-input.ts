import type { Readable } from 'node:stream';
import type { JsonObject } from '../../json/json.js';
import { type ImportInput, openJsonInput } from './import-input.js';
import type { ImportReport } from './import-report.js';
import { openCsvInput, type CsvInputOptions } from './csv-input.js';

/** What is imported, and how. */
export type ImportRequest = {
  /** The name of the file; "-" for the standard input. */
  readonly file: string;
  readonly source: Readable;
  /** Undefined unless the file is a table. */
  readonly table?: Omit<CsvInputOptions, 'schema'>;
  readonly stopOnFailure: boolean;
  /** Whether nothing is recorded. */
  readonly isCheck: boolean;
  readonly report: ImportReport;
  readonly signal: AbortSignal;
};

/**
 * Opens the input, and shows it to the report. `getSchema` finds the JSON Schema of a command's data. Rejects with
 * UsageError if the input is not what it should be, before anything is recorded.
 */
export async function openImportInput(
  { file, source, table, report }: ImportRequest,
  getSchema: (command: string) => Promise<JsonObject>,
): Promise<ImportInput> {
  const input = table
    ? await openCsvInput(source, file, { ...table, schema: await getSchema(table.command) })
    : await openJsonInput(source, file);
  report.begin(input);
  return input;
}
