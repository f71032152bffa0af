// Apart from the nouns, so that whoever reads facts need not load what hears commands.
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
 * How old shapes are read: of each type that has had more than one, the functions that lift each to the next. They
 * stand beside the event and are as lasting as what they read.
 */
export const upcasters: { readonly [T in EventType]?: readonly Upcaster[] } = {};
