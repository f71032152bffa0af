import type { Ledger } from '../../ledger/ledger.js';
import type { Configuration } from '../../node/configuration.js';

/** The value of `Ledger-Root`: the root of the tree over this many entries, in base64. */
export const getTreeRoot = ({ tree }: Ledger, entry: number): string =>
  tree.getRoot(entry).toString('base64');

/** `Cache-Control` of an answer that never changes. Shared caches may keep it only if reading needs no key. */
export const getImmutableCacheControl = ({ publicReads }: Configuration): string =>
  `${publicReads ? 'public' : 'private'}, max-age=31536000, immutable`;
