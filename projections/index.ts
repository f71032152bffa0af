import type { Published } from '../src/read-models/route.js';
import membership from './membership/membership.js';
import organizations from './organizations/organizations.js';
import sources from './sources/sources.js';

/** Every read model there is. A new one is a folder and a line here. */
export const published: readonly Published[] = [organizations, membership, sources];

// What the engine's threads load by themselves.
export const readModels = published.map(({ model }) => model);
export { recorded as read } from '../src/ledger/entry.js';
