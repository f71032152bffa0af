import type { IndexedField } from '../../../src/ledger/sqlite/json-indexes.js';

/** An index over the data, created at the start as the server does. */
export const INDEXED_FIELDS: readonly IndexedField[] = [{ event: 'Said', field: 'words' }];
