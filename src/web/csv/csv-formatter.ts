import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import { TableFormatter } from '../../api/shared/table-formatter.js';
import { isObject } from '../../json/is-object.js';
import { canonicalJson } from '../../json/canonical-json.js';
import type { Json } from '../../json/json.js';
import {
  type CsvColumnKind,
  type CsvColumns,
  listCsvColumnNames,
} from '../../read-models/declaration/csv-columns.js';

type Cell = string | number;
type Members = { readonly [member: string]: Json | undefined };

/** By this a spreadsheet knows that the file is UTF-8. */
const BYTE_ORDER_MARK = '\ufeff';

/** What a spreadsheet would evaluate instead of showing it. */
const FORMULA = /^\s*[=+\-@\t\r]/;

/** CSV as RFC 4180 defines it, in the dialect that spreadsheets read: UTF-8 with a byte order mark, and CRLF. */
@Injectable()
export class CsvFormatter extends TableFormatter {
  readonly mediaType = 'text/csv; charset=utf-8; header=present';

  formatHeader(columns: CsvColumns): string {
    return BYTE_ORDER_MARK + formatRecords([listCsvColumnNames(columns)]);
  }

  formatRows(columns: CsvColumns, items: readonly object[]): string {
    return formatRecords(items.flatMap((item) => toRows(columns, item as Members)));
  }
}

const formatRecords = (records: readonly (readonly Cell[])[]): string =>
  stringify(records as Cell[][], { record_delimiter: 'windows' });

/** One row, or one for each object of the list that the item has a column for. */
function toRows(columns: CsvColumns, item: Members): readonly (readonly Cell[])[] {
  let rows: readonly (readonly Cell[])[] = [[]];
  for (const [member, kind] of Object.entries(columns)) {
    const value = item[member] ?? null;
    const parts =
      typeof kind === 'object'
        ? toGroups(value).flatMap((group) => toRows(kind, group))
        : [toCells(kind, value)];
    rows = rows.flatMap((row) => parts.map((part) => [...row, ...part]));
  }
  return rows;
}

/** The objects of a list, or a single one; none is shown as one without members, so that its item has a row. */
function toGroups(value: Json): readonly Members[] {
  const groups = (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter(isObject);
  return groups.length === 0 ? [{}] : groups;
}

function toCells(kind: CsvColumnKind, value: Json): readonly Cell[] {
  if (kind === 'date') {
    const { edtf = null, earliest = null, latest = null } = isObject(value) ? value : {};
    return [edtf, earliest, latest].map((part) => toTextCell(part));
  }
  if (kind === 'number') return [typeof value === 'number' ? value : ''];
  if (kind === 'flag') return [value === true ? 'true' : ''];
  if (kind === 'ids') return [joinTexts(value, ' ')];
  if (kind === 'texts') return [joinTexts(value, '; ')];
  return [toTextCell(kind === 'text' || value === null ? value : canonicalJson(value))];
}

const joinTexts = (value: Json, separator: string): Cell =>
  toTextCell(Array.isArray(value) ? value.map((each) => String(each)).join(separator) : null);

/** An apostrophe makes a spreadsheet show the text. */
function toTextCell(value: Json): string {
  const text = value === null ? '' : typeof value === 'string' ? value : canonicalJson(value);
  return FORMULA.test(text) ? `'${text}` : text;
}
