import type { DataOf } from '../../eventsourcing/message.js';
import { CitedRequest, InstrumentRequest } from '../cited-request.js';
import { Edtf, Nested, OneOf, optional, Party, Reference } from '../field-decorators.js';
import {
  MEMBERSHIP_END_REASONS,
  type MemberJoined,
  type MembershipEnded,
  type ParticipationResumed,
  type ParticipationSuspended,
  SUSPENDED_BY,
} from './events.js';

abstract class MembershipRequest extends CitedRequest {
  @Reference('organization') readonly organization!: string;
  @Party() readonly member!: string;
  @Edtf() readonly effective!: string;
}

export class AdmitMember extends MembershipRequest implements DataOf<MemberJoined> {
  @Nested(InstrumentRequest, optional) readonly instrument?: InstrumentRequest;
}

export class EndMembership extends MembershipRequest implements DataOf<MembershipEnded> {
  @OneOf(MEMBERSHIP_END_REASONS) readonly reason!: DataOf<MembershipEnded>['reason'];
  @Edtf(optional) readonly notified?: string;
  @Edtf(optional) readonly decided?: string;
  @Nested(InstrumentRequest, optional) readonly instrument?: InstrumentRequest;
}

export class SuspendParticipation extends MembershipRequest implements DataOf<ParticipationSuspended> {
  @OneOf(SUSPENDED_BY, { about: 'Who suspended it.' }) readonly by!: DataOf<ParticipationSuspended>['by'];
  @Edtf(optional) readonly notified?: string;
  @Edtf(optional) readonly decided?: string;
}

export class ResumeParticipation extends MembershipRequest implements DataOf<ParticipationResumed> {}
