import { defineAggregate } from '../../eventsourcing/aggregate.js';
import { AdmitMember, EndMembership, ResumeParticipation, SuspendParticipation } from './commands.js';
import { membershipDecider } from './decider.js';

export const membership = defineAggregate({
  category: 'membership',
  id: ({ organization, member }) => `${organization}:${member}`,
  isReferenced: false,
  decider: membershipDecider,
  commands: {
    'admit-member': { request: AdmitMember, event: 'MemberJoined', about: 'Records that a member joined.' },
    'end-membership': {
      request: EndMembership,
      event: 'MembershipEnded',
      about: 'Records that a membership ended: the day of leaving is the first day without it.',
    },
    'suspend-participation': {
      request: SuspendParticipation,
      event: 'ParticipationSuspended',
      about: 'Records that a member stopped taking part; it remains a member.',
    },
    'resume-participation': {
      request: ResumeParticipation,
      event: 'ParticipationResumed',
      about: 'Records that a suspended member takes part again.',
    },
  },
  refusals: {
    'already-member': {
      title: 'A member already',
      meaning: 'On the timeline that this fact would leave, a member joins twice without leaving in between.',
      remedy:
        'Record the end of the earlier membership first, send both as a group, or correct the date in the book.',
    },
    'not-a-member': {
      title: 'Not a member then',
      meaning:
        'On the timeline that this fact would leave, something happens to a membership while there is none.',
      remedy: 'Record the joining first, send both as a group, or correct the date in the book.',
    },
    'already-suspended': {
      title: 'Suspended already',
      meaning:
        'On the timeline that this fact would leave, participation is suspended twice without being resumed.',
      remedy:
        'Record the resumption in between first, send both as a group, or correct the date in the book.',
    },
    'not-suspended': {
      title: 'Not suspended then',
      meaning:
        'On the timeline that this fact would leave, participation is resumed while it is not suspended.',
      remedy: 'Record the suspension first, send both as a group, or correct the date in the book.',
    },
  },
});
