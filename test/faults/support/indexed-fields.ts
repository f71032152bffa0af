import type { IndexedField } from '../../../src/ledger/sqlite/json-indexes.js';

/** An index over the data, made at the start as the server makes its own. */
export const INDEXED_FIELDS: readonly IndexedField[] = [{ event: 'Said', field: 'words' }];
