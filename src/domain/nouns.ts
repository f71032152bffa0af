import type { AnyNoun } from '../eventsourcing/noun.js';
import { meeting } from './meeting/noun.js';
import { membership } from './membership/noun.js';
import { observership } from './observership/noun.js';
import { organization } from './organization/noun.js';
import { person } from './person/noun.js';
import { source } from './source/noun.js';

/** Everything that the book can hear. A new noun is a folder and a line here. */
export const nouns: readonly AnyNoun[] = [source, organization, membership, observership, person, meeting];
