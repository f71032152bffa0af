// The same read model in a node that still runs the second release.
import { reading } from '../../../src/ledger/event-reader.js';
import { motions, releases } from './motions.js';

export const readModels = [motions];
export const read = reading(releases[1].upcasters);
