// Separate from the aggregates, so that readers of events need not load command validation.
import type { Upcasters } from '../eventsourcing/upcasters.js';
import { meetingShapes } from './meeting/events.js';
import { membershipShapes } from './membership/events.js';
import { observershipShapes } from './observership/observership.js';
import { organizationShapes } from './organization/organization.js';
import { personShapes } from './person/person.js';
import { sourceShapes } from './source/source.js';

/** Every type of event that this release knows, with the functions that lift its older shapes. */
export const upcasters: Upcasters = {
  ...meetingShapes,
  ...membershipShapes,
  ...observershipShapes,
  ...organizationShapes,
  ...personShapes,
  ...sourceShapes,
};
