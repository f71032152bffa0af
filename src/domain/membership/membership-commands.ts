import { defineAggregate } from '../../eventsourcing/aggregate.js';
import type { DataOf } from '../../eventsourcing/message.js';
import { CitedRequest, InstrumentRequest } from '../cited-request.js';
import { Edtf, Nested, OneOf, optional, Party, Reference } from '../field-decorators.js';
import {
  type MemberJoined,
  MEMBERSHIP_END_REASONS,
  membershipDecider,
  type MembershipEnded,
  type ParticipationResumed,
  type ParticipationSuspended,
  SUSPENDED_BY,
} from './membership.js';
import { SELF_REFERENCE_PROBLEM } from '../self-reference-problem.js';

abstract class MembershipRequest extends CitedRequest {
  @Reference('organization') readonly organization!: string;
  @Party() readonly member!: string;
  @Edtf({
    about:
      'The first day on which it is so or, of an end or a suspension, no longer so: what ends at midnight of 31 December ends on 1 January.',
  })
  readonly effective!: string;
}

class AdmitMember extends MembershipRequest implements DataOf<MemberJoined> {
  @Nested(InstrumentRequest, optional) readonly instrument?: InstrumentRequest;
}

class EndMembership extends MembershipRequest implements DataOf<MembershipEnded> {
  @OneOf(MEMBERSHIP_END_REASONS) readonly reason!: DataOf<MembershipEnded>['reason'];
  @Edtf(optional) readonly notified?: string;
  @Edtf(optional) readonly decided?: string;
  @Nested(InstrumentRequest, optional) readonly instrument?: InstrumentRequest;
}

class SuspendParticipation extends MembershipRequest implements DataOf<ParticipationSuspended> {
  @OneOf(SUSPENDED_BY, { about: 'Which side suspended it.' })
  readonly by!: DataOf<ParticipationSuspended>['by'];
  @Edtf(optional) readonly notified?: string;
  @Edtf(optional) readonly decided?: string;
}

class ResumeParticipation extends MembershipRequest implements DataOf<ParticipationResumed> {}

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
      about: 'Records that a membership ended; the date is the first day without membership.',
    },
    'suspend-participation': {
      request: SuspendParticipation,
      event: 'ParticipationSuspended',
      about: 'Records that a member stopped participating; it remains a member.',
    },
    'resume-participation': {
      request: ResumeParticipation,
      event: 'ParticipationResumed',
      about: 'Records that a suspended member participates again.',
    },
  },
  refusals: {
    'self-reference': SELF_REFERENCE_PROBLEM,
    'already-member': {
      title: 'Already a member',
      meaning: 'With this event, the timeline would have a member join twice without leaving in between.',
      remedy:
        'Record the end of the earlier membership first, send both as a group, or correct the recorded date.',
    },
    'not-a-member': {
      title: 'Not a member on that date',
      meaning:
        'With this event, the timeline would end, suspend or resume a membership that does not exist then.',
      remedy: 'Record the joining first, send both as a group, or correct the recorded date.',
    },
    'already-suspended': {
      title: 'Already suspended',
      meaning:
        'With this event, the timeline would suspend participation twice without resuming it in between.',
      remedy: 'Record the resumption first, send both as a group, or correct the recorded date.',
    },
    'not-suspended': {
      title: 'Not suspended on that date',
      meaning: 'With this event, the timeline would resume participation that is not suspended then.',
      remedy: 'Record the suspension first, send both as a group, or correct the recorded date.',
    },
  },
});
