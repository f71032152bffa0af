// How the items of a list become the rows of a table, such as a CSV file.

/**
 * What a member of an item is in a table: one column, or three for a date (as recorded, its first and its last day).
 * `ids` and `texts` are lists, whose members stand in one cell. `json` is for what a cell cannot show otherwise.
 */
export type ColumnKind = 'text' | 'number' | 'flag' | 'date' | 'ids' | 'texts' | 'json';

/**
 * By the name of the member, in the order of the columns. An object has a column for each of its members. A list of objects
 * does, too, and gives its item as many rows as it has objects; an item has one such list at most.
 */
export type Columns = { readonly [member: string]: ColumnKind | Columns };

/** Of every item that may be amended: whether it was is shown, and what was claimed or corrected is in the item itself. */
export const AMENDMENT_COLUMNS = { entry: 'number', corrected: 'flag', disputed: 'flag' } as const;
