// How the items of a list become the rows of a table. The columns follow from the shape of the items, in its order.

/**
 * What a member of an item is in a table: one column, or three for a date (as recorded, its first and its last day).
 * `ids` and `texts` are lists, whose members stand in one cell. `json` is for what a cell cannot show otherwise.
 */
export type CsvColumnKind = 'text' | 'number' | 'flag' | 'date' | 'ids' | 'texts' | 'json';

/**
 * By the name of the member, in the order of the columns. An object has a column for each of its members. A list of objects
 * that is shown as rows does, too, and gives its item as many rows as it has objects; an item has one such list at most.
 */
export type CsvColumns = { readonly [member: string]: CsvColumnKind | CsvColumns };

/** The names of the columns. Those of an object begin with the name of its member. */
export function listCsvColumnNames(columns: CsvColumns, prefix = ''): readonly string[] {
  return Object.entries(columns).flatMap(([member, kind]) => {
    const name = `${prefix}${member}`;
    if (typeof kind === 'object') return listCsvColumnNames(kind, `${name}_`);
    return kind === 'date' ? [name, `${name}_earliest`, `${name}_latest`] : [name];
  });
}
