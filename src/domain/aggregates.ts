import type { AnyAggregate } from '../eventsourcing/aggregate.js';
import { meeting } from './meeting/aggregate.js';
import { membership } from './membership/membership-commands.js';
import { observership } from './observership/observership-commands.js';
import { organization } from './organization/organization-commands.js';
import { person } from './person/person-commands.js';
import { source } from './source/source-commands.js';

/** Everything that the book can hear. A new noun is a folder and a line here. */
export const aggregates: readonly AnyAggregate[] = [
  source,
  organization,
  membership,
  observership,
  person,
  meeting,
];
