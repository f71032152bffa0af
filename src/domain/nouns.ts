import type { AnyNoun } from '../eventsourcing/noun.js';
import { membership } from './membership/noun.js';
import { organization } from './organization/noun.js';
import { source } from './source/noun.js';

/** Everything that the book can hear. A new noun is a folder and a line here. */
export const nouns: readonly AnyNoun[] = [source, organization, membership];
