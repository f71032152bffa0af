// The rules of membership, judged over the whole timeline in valid time, since facts arrive late.
// Pure: no clock, no identifiers, no I/O, no framework.
import type { Decider } from '../../eventsourcing/decider.js';
import type { CommandOf, DataOf } from '../../eventsourcing/message.js';
import type {
  MemberJoined,
  MembershipEnded,
  MembershipEvent,
  ParticipationResumed,
  ParticipationSuspended,
} from './events.js';
import { checkTimeline } from './timeline.js';

export type MembershipCommand =
  | CommandOf<'admit-member', DataOf<MemberJoined>>
  | CommandOf<'end-membership', DataOf<MembershipEnded>>
  | CommandOf<'suspend-participation', DataOf<ParticipationSuspended>>
  | CommandOf<'resume-participation', DataOf<ParticipationResumed>>;

/** The facts that stand, in record order. */
type Membership = readonly MembershipEvent[];

export const membershipDecider: Decider<MembershipCommand, MembershipEvent, Membership> = {
  initialState: [],

  decide({ name, data }) {
    switch (name) {
      case 'admit-member':
        return [{ type: 'MemberJoined', data }];
      case 'end-membership':
        return [{ type: 'MembershipEnded', data }];
      case 'suspend-participation':
        return [{ type: 'ParticipationSuspended', data }];
      case 'resume-participation':
        return [{ type: 'ParticipationResumed', data }];
    }
  },

  evolve: (facts, fact) => [...facts, fact],

  invariant: (facts) => checkTimeline(facts),
};
