import type { AnyAggregate } from '../eventsourcing/aggregate.js';
import { meeting } from './meeting/aggregate.js';
import { membership } from './membership/aggregate.js';
import { observership } from './observership/aggregate.js';
import { organization } from './organization/aggregate.js';
import { person } from './person/aggregate.js';
import { source } from './source/aggregate.js';

/** Everything that the book can hear. A new noun is a folder and a line here. */
export const aggregates: readonly AnyAggregate[] = [
  source,
  organization,
  membership,
  observership,
  person,
  meeting,
];
