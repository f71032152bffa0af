// The membership of Uzbekistan in the CSTO: commands, and the events that they record.
import { membership } from '../../src/domain/membership/aggregate.js';
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

export const succeed = createCommandBuilder('succeed-member', { predecessor: 'ussr', how: 'continuation' });
export const leave = createCommandBuilder('leave-participation');
export const changeCategory = createCommandBuilder('change-category', { category: 'full' });
export const grantVote = createCommandBuilder('grant-voting-right');
export const withdrawVote = createCommandBuilder('withdraw-voting-right');
export const giveNotice = createCommandBuilder('give-notice', { notice: 'n1', of: 'withdrawal' });
export const postponeNotice = createCommandBuilder('postpone-notice', { notice: 'n1' });
export const rescindNotice = createCommandBuilder('rescind-notice', { notice: 'n1' });
export const sign = createCommandBuilder('sign-instrument');
export const withdrawSignature = createCommandBuilder('withdraw-signature');
export const deposit = createCommandBuilder('deposit-instrument', { kind: 'ratification' });
export const withdrawDeposit = createCommandBuilder('withdraw-instrument', { kind: 'ratification' });
export const applyProvisionally = createCommandBuilder('apply-provisionally');
export const endProvisional = createCommandBuilder('end-provisional-application');

export const succeeded = createEventBuilder('MemberSucceeded', { predecessor: 'ussr', how: 'continuation' });
export const leftParticipation = createEventBuilder('ParticipationLeft');
export const categoryChanged = createEventBuilder('MemberCategoryChanged', { category: 'full' });
export const voteGranted = createEventBuilder('VotingRightGranted');
export const voteWithdrawn = createEventBuilder('VotingRightWithdrawn');
export const noticeGiven = createEventBuilder('NoticeGiven', { notice: 'n1', of: 'withdrawal' });
export const noticePostponed = createEventBuilder('NoticePostponed', { notice: 'n1' });
export const noticeRescinded = createEventBuilder('NoticeRescinded', { notice: 'n1' });
export const signed = createEventBuilder('InstrumentSigned');
export const signatureWithdrawn = createEventBuilder('SignatureWithdrawn');
export const deposited = createEventBuilder('InstrumentDeposited', { kind: 'ratification' });
export const depositWithdrawn = createEventBuilder('InstrumentWithdrawn', { kind: 'ratification' });
export const provisionalBegun = createEventBuilder('ProvisionalApplicationBegun');
export const provisionalEnded = createEventBuilder('ProvisionalApplicationEnded');
