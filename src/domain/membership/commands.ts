// The requests of the commands: which fields they have, and of which form.
import type { DataOf } from '../../eventsourcing/message.js';
import { CitedRequest, InstrumentRequest } from '../cited-request.js';
import {
  Count,
  Edtf,
  Id,
  LongTextList,
  OneOf,
  optional,
  Party,
  Reference,
  Text,
} from '../field-decorators.js';
import { Nested } from '../nested-field-decorators.js';
import {
  DEPOSIT_KINDS,
  type InstrumentDeposited,
  type InstrumentSigned,
  type InstrumentWithdrawn,
  MEMBER_CATEGORIES,
  type MemberCategory,
  type MemberCategoryChanged,
  type MemberJoined,
  MEMBERSHIP_END_REASONS,
  type MembershipEndReason,
  type MembershipEnded,
  type MemberSucceeded,
  NOTICE_SUBJECTS,
  type NoticeGiven,
  type NoticePostponed,
  type NoticeRescinded,
  type ParticipationLeft,
  type ParticipationResumed,
  type ParticipationSuspended,
  type ProvisionalApplicationBegun,
  type ProvisionalApplicationEnded,
  type SignatureWithdrawn,
  SUCCESSION_KINDS,
  SUSPENDED_BY,
  type SuspendingSide,
  VOTING_WITHDRAWAL_REASONS,
  type VotingWithdrawalReason,
  type VotingRightGranted,
  type VotingRightWithdrawn,
} from './events.js';

abstract class MembershipRequest extends CitedRequest {
  @Reference('organization') readonly organization!: string;
  @Party() readonly member!: string;
  @Edtf({
    about:
      'The first day on which it is so or, of an end or a suspension, no longer so: what ends at midnight of 31 December ends on 1 January.',
  })
  readonly effective!: string;
  @Nested(InstrumentRequest, optional) readonly instrument?: InstrumentRequest;
}

export class AdmitMember extends MembershipRequest implements DataOf<MemberJoined> {
  @OneOf(MEMBER_CATEGORIES, optional) readonly category?: MemberCategory;
  @Reference('organization', { ...optional, about: 'The organization that the member stands for.' })
  readonly onBehalfOf?: string;
}

export class SucceedMember extends MembershipRequest implements DataOf<MemberSucceeded> {
  @Party({ about: 'The party whose place the member takes: an organization, or person:<id>.' })
  readonly predecessor!: string;
  @OneOf(SUCCESSION_KINDS, { about: 'A merger may be into a member; all others join.' })
  readonly how!: DataOf<MemberSucceeded>['how'];
  @Edtf({
    ...optional,
    about: 'The day from which the membership is counted, such as that of the predecessor.',
  })
  readonly countedFrom?: string;
}

export class EndMembership extends MembershipRequest implements DataOf<MembershipEnded> {
  @OneOf(MEMBERSHIP_END_REASONS, optional) readonly reason?: MembershipEndReason;
  @Edtf(optional) readonly notified?: string;
  @Edtf(optional) readonly decided?: string;
  @Id({ ...optional, about: 'The notice that it follows from.' }) readonly notice?: string;
}

export class SuspendParticipation extends MembershipRequest implements DataOf<ParticipationSuspended> {
  @OneOf(SUSPENDED_BY, { ...optional, about: 'Which side suspended it.' }) readonly by?: SuspendingSide;
  @Text({ ...optional, about: 'What the suspension covers.' }) readonly scope?: string;
  @Text(optional) readonly reason?: string;
  @Reference('organization', { ...optional, about: 'The organization or body that decided it.' })
  readonly suspendedBy?: string;
  @Edtf(optional) readonly notified?: string;
  @Edtf(optional) readonly decided?: string;
}

export class LeaveParticipation extends MembershipRequest implements DataOf<ParticipationLeft> {}

export class ResumeParticipation extends MembershipRequest implements DataOf<ParticipationResumed> {}

export class ChangeCategory extends MembershipRequest implements DataOf<MemberCategoryChanged> {
  @OneOf(MEMBER_CATEGORIES) readonly category!: MemberCategory;
}

export class GrantVotingRight extends MembershipRequest implements DataOf<VotingRightGranted> {
  @Count({ ...optional, about: 'How many votes the member has.' }) readonly votes?: number;
}

export class WithdrawVotingRight extends MembershipRequest implements DataOf<VotingRightWithdrawn> {
  @OneOf(VOTING_WITHDRAWAL_REASONS, optional) readonly reason?: VotingWithdrawalReason;
}

const takesEffectField = 'The day on which it takes effect, unless it is postponed or rescinded before.';

export class GiveNotice extends MembershipRequest implements DataOf<NoticeGiven> {
  @Id({ about: 'The id of the notice, unique among those of the member.' }) readonly notice!: string;
  @OneOf(NOTICE_SUBJECTS, { about: 'What the notice announces.' }) readonly of!: DataOf<NoticeGiven>['of'];
  @Edtf({ ...optional, about: takesEffectField }) readonly takesEffect?: string;
}

export class PostponeNotice extends MembershipRequest implements DataOf<NoticePostponed> {
  @Id({ about: 'The id of a notice of the member.' }) readonly notice!: string;
  @Edtf({ about: takesEffectField }) readonly takesEffect!: string;
}

export class RescindNotice extends MembershipRequest implements DataOf<NoticeRescinded> {
  @Id({ about: 'The id of a notice of the member.' }) readonly notice!: string;
  @Text(optional) readonly reason?: string;
}

export class SignInstrument extends MembershipRequest implements DataOf<InstrumentSigned> {}

export class WithdrawSignature extends MembershipRequest implements DataOf<SignatureWithdrawn> {
  @Text(optional) readonly reason?: string;
}

export class DepositInstrument extends MembershipRequest implements DataOf<InstrumentDeposited> {
  @OneOf(DEPOSIT_KINDS) readonly kind!: DataOf<InstrumentDeposited>['kind'];
  @Edtf({ ...optional, about: 'The day on which the treaty enters into force for the member.' })
  readonly entersIntoForce?: string;
  @LongTextList({ ...optional, about: 'Reservations, declarations and objections.' })
  readonly declarations?: string[];
}

export class WithdrawInstrument extends MembershipRequest implements DataOf<InstrumentWithdrawn> {
  @OneOf(DEPOSIT_KINDS, { about: 'What was deposited.' }) readonly kind!: DataOf<InstrumentWithdrawn>['kind'];
}

export class ApplyProvisionally extends MembershipRequest implements DataOf<ProvisionalApplicationBegun> {}

export class EndProvisionalApplication
  extends MembershipRequest
  implements DataOf<ProvisionalApplicationEnded> {}
