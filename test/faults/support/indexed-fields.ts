import type { Lookup } from '../../../src/ledger/sqlite/json-indexes.js';

/** An index over the data, made at the start as the server makes its own. */
export const LOOKUPS: readonly Lookup[] = [{ event: 'Said', field: 'words' }];
