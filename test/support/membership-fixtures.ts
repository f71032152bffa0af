// The membership of Uzbekistan in the CSTO: commands, and the events that they record.
import { membership } from '../../src/domain/membership/membership-commands.js';
import type { AnyCommand, AnyEvent } from '../../src/eventsourcing/message.js';
import type { JsonObject } from '../../src/json/json.js';
import { createSpecification } from './decider-specification.js';

export const STREAM = 'membership-csto:uzbekistan';
export const given = createSpecification(membership, STREAM);

/** The reference of the revision-th fact. */
export const getFactReference = (revision: number): string => `${STREAM}@${revision}`;

export const membershipData = (effective: string, more: JsonObject = {}): JsonObject => ({
  organization: 'csto',
  member: 'uzbekistan',
  effective,
  ...more,
});

const createCommandBuilder =
  (name: string, fixed: JsonObject = {}) =>
  (effective: string, more: JsonObject = {}): AnyCommand => ({
    name,
    data: membershipData(effective, { ...fixed, ...more }),
  });
const createEventBuilder =
  (type: string, fixed: JsonObject = {}) =>
  (effective: string, more: JsonObject = {}): AnyEvent => ({
    type,
    data: membershipData(effective, { ...fixed, ...more }),
  });

export const admit = createCommandBuilder('admit-member');
export const end = createCommandBuilder('end-membership', { reason: 'withdrew' });
export const suspend = createCommandBuilder('suspend-participation', { by: 'member' });
export const resume = createCommandBuilder('resume-participation');

export const joined = createEventBuilder('MemberJoined');
export const ended = createEventBuilder('MembershipEnded', { reason: 'withdrew' });
export const suspended = createEventBuilder('ParticipationSuspended', { by: 'member' });
export const resumed = createEventBuilder('ParticipationResumed');
