import type { CsvColumns } from '../../read-models/declaration/csv-columns.js';

/** What the address of a list as a table ends in. */
export const CSV_SUFFIX = '.csv';

/** Writes lists as tables. An abstract class and not an interface, so that it serves as the injection token. */
export abstract class TableFormatter {
  abstract readonly mediaType: string;
  /** The beginning of a table, with the names of its columns. */
  abstract formatHeader(columns: CsvColumns): string;
  /** The rows of some items of a list. */
  abstract formatRows(columns: CsvColumns, items: readonly object[]): string;
}
