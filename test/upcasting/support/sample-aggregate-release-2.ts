// The same read model in a node that still runs the second release.
import { createEntryUpcaster } from '../../../src/ledger/entry-upcasting.js';
import { motions, releases } from './sample-aggregate.js';

export const readModels = [motions];
export const entryUpcaster = createEntryUpcaster(releases[1].upcasters);
