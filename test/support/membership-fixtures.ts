// What happens to the membership of Uzbekistan in the CSTO: commands, and the events that obey them.
import { membership } from '../../src/domain/membership/aggregate.js';
import type { AnyCommand, AnyEvent, JsonObject } from '../../src/eventsourcing/message.js';
import { specification } from './decider-specification.js';

export const STREAM = 'membership-csto:uzbekistan';
export const given = specification(membership, STREAM);

/** The name of the revision-th fact. */
export const fact = (revision: number): string => `${STREAM}@${revision}`;

export const on = (effective: string, more: JsonObject = {}): JsonObject => ({
  organization: 'csto',
  member: 'uzbekistan',
  effective,
  ...more,
});

const command =
  (name: string, fixed: JsonObject = {}) =>
  (effective: string, more: JsonObject = {}): AnyCommand => ({
    name,
    data: on(effective, { ...fixed, ...more }),
  });
const event =
  (type: string, fixed: JsonObject = {}) =>
  (effective: string, more: JsonObject = {}): AnyEvent => ({
    type,
    data: on(effective, { ...fixed, ...more }),
  });

export const admit = command('admit-member');
export const end = command('end-membership', { reason: 'withdrew' });
export const suspend = command('suspend-participation', { by: 'member' });
export const resume = command('resume-participation');

export const joined = event('MemberJoined');
export const ended = event('MembershipEnded', { reason: 'withdrew' });
export const suspended = event('ParticipationSuspended', { by: 'member' });
export const resumed = event('ParticipationResumed');
