import type { AnyAggregate } from '../eventsourcing/aggregate.js';
import { meeting } from './meeting/aggregate.js';
import { membership } from './membership/aggregate.js';
import { observership } from './observership/observership-commands.js';
import { organization } from './organization/organization-commands.js';
import { person } from './person/person-commands.js';
import { source } from './source/source-commands.js';

/** Every aggregate. A new one is a folder and a line here. */
export const aggregates: readonly AnyAggregate[] = [
  source,
  organization,
  membership,
  observership,
  person,
  meeting,
];
