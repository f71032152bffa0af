import type { Lookup } from '../../../src/ledger/sqlite/lookups.js';

/** An index over the data, made at the start as the server makes its own. */
export const LOOKUPS: readonly Lookup[] = [{ event: 'Said', field: 'words' }];
