// Separate from the aggregates, so that readers of events need not load command validation.
import type { Upcaster } from '../eventsourcing/upcasters.js';
import type { MeetingEvent } from './meeting/events.js';
import type { MembershipEvent } from './membership/membership.js';
import type { ObservershipEvent } from './observership/observership.js';
import type { OrganizationEvent } from './organization/organization.js';
import type { PersonEvent } from './person/person.js';
import type { SourceEvent } from './source/source.js';

type EventType = (
  MeetingEvent | MembershipEvent | ObservershipEvent | OrganizationEvent | PersonEvent | SourceEvent
)['type'];

/**
 * For each type that has had more than one version, the functions that lift each version to the next. They are kept as
 * long as the events that they read, which is forever.
 */
export const upcasters: { readonly [T in EventType]?: readonly Upcaster[] } = {};
