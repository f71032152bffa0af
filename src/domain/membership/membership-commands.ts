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
    'admit-member': {
      request: AdmitMember,
      event: 'MemberJoined',
      about: 'Records that a member joined.',
      example: {
        organization: 'un',
        member: 'kazakhstan',
        effective: '1992-03-02',
        instrument: {
          title: 'Admission of the Republic of Kazakhstan to membership in the United Nations',
          symbol: 'A/RES/46/224',
          signed: '1992-03-02',
          inForce: '1992-03-02',
          url: 'https://undocs.org/A/RES/46/224',
        },
        sources: [{ source: 'encyclopaedias', locator: 'Member states' }],
        note: 'The same meeting admitted seven other states.',
      },
    },
    'end-membership': {
      request: EndMembership,
      event: 'MembershipEnded',
      about: 'Records that a membership ended; the date is the first day without membership.',
      example: {
        organization: 'csto',
        member: 'uzbekistan',
        effective: '2012-12-19',
        reason: 'withdrew',
        notified: '2012-06-28',
        decided: '2012-12-19',
        instrument: {
          title: 'Decision of the Collective Security Council',
          symbol: 'CSC 2012/1',
          signed: '2012-12-19',
          inForce: '2012-12-19',
          url: 'https://odkb-csto.org/decisions/2012-1',
        },
        sources: [{ source: 'tass-687141', locator: 'paragraph 1' }],
        note: 'Others call it a suspension. The symbol of the decision is invented.',
      },
    },
    'suspend-participation': {
      request: SuspendParticipation,
      event: 'ParticipationSuspended',
      about: 'Records that a member stopped participating; it remains a member.',
      example: {
        organization: 'csto',
        member: 'belarus',
        effective: '2009-06-14',
        by: 'member',
        notified: '2009-06-13',
        decided: '2009-06-14',
        sources: [{ source: 'mfa-by', locator: 'Chronicle' }],
        note: 'An example for trying out: no source says so.',
      },
    },
    'resume-participation': {
      request: ResumeParticipation,
      event: 'ParticipationResumed',
      about: 'Records that a suspended member participates again.',
      example: {
        organization: 'csto',
        member: 'armenia',
        effective: '2030~',
        sources: [{ source: 'france24-2024-02-22', locator: 'minute 4' }],
        note: 'An example for trying out: no source says so.',
      },
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
