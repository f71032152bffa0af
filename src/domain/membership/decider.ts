// Membership of an organization. Legal membership and participation are separate facts: they can be disputed separately.
// Pure: no clock, no identifiers, no I/O, no framework.
import { Map } from 'immutable';
import type { Decider, StateParts } from '../../eventsourcing/decider.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import { parseFactPart, toFactPart } from '../timeline-decider.js';
import { TimelineSet, toAnyTimeline } from '../timeline-set.js';
import {
  MEMBERSHIP_EVENTS_BY_COMMAND,
  type MembershipCommand,
  type MembershipEvent,
  type NoticeEvent,
} from './events.js';
import { type Notices, refuseNotice } from './notices.js';
import { getMembershipTimeline, membershipTimelines } from './timeline.js';

/** Only what a later decision needs. */
type Membership = { readonly timelines: TimelineSet<MembershipEvent>; readonly notices: Notices };

const NOTICE_PART = 'notice ';
const toNoticePart = (notice: string): string => `${NOTICE_PART}${notice}`;
const parseNoticePart = (part: string): string | undefined =>
  part.startsWith(NOTICE_PART) ? part.slice(NOTICE_PART.length) : undefined;

/** The notice that an event gives, postpones, rescinds or follows from. */
const listNotices = ({ data }: MembershipEvent): readonly string[] => ('notice' in data ? [data.notice] : []);

const membershipParts: StateParts<MembershipEvent, Membership> = {
  getAccess(event, revision) {
    const notices = listNotices(event).map(toNoticePart);
    const setsNotice = event.type === 'NoticeGiven' || event.type === 'NoticeRescinded';
    const facts = getMembershipTimeline(event) === undefined ? [] : [toFactPart(revision)];
    return { sets: setsNotice ? [...facts, ...notices] : facts, reads: notices };
  },

  getPart({ timelines, notices }, part) {
    const notice = parseNoticePart(part);
    return notice === undefined ? timelines.get(parseFactPart(part)) : notices.get(notice);
  },

  copyPart(membership, part, from) {
    const notice = parseNoticePart(part);
    if (notice === undefined) {
      const revision = parseFactPart(part);
      return { ...membership, timelines: membership.timelines.set(revision, from.timelines.get(revision)) };
    }
    const state = from.notices.get(notice);
    const notices =
      state === undefined ? membership.notices.delete(notice) : membership.notices.set(notice, state);
    return { ...membership, notices };
  },
};

const isNoticeEvent = (event: MembershipEvent): event is NoticeEvent =>
  event.type === 'NoticeGiven' || event.type === 'NoticePostponed' || event.type === 'NoticeRescinded';

/**
 * Facts that the rules accept again without another one between, so that the same words repeat them as long as they stand.
 * Of all others the rules tell whether they can begin or end a second stay.
 */
const isRepeatable = (event: MembershipEvent): boolean =>
  event.type === 'MemberCategoryChanged' ||
  event.type === 'VotingRightGranted' ||
  isNoticeEvent(event) ||
  (event.type === 'MemberSucceeded' && event.data.how === 'merger');

export const membershipDecider: Decider<MembershipCommand, MembershipEvent, Membership> = {
  initialState: {
    timelines: TimelineSet.create<MembershipEvent>({
      getTimeline: getMembershipTimeline,
      getRefusals: (timeline) =>
        timeline === 'standing'
          ? toAnyTimeline(membershipTimelines.standing)
          : toAnyTimeline(membershipTimelines['provisional-application']),
    }),
    notices: Map(),
  },
  parts: membershipParts,

  decide: (command, { notices }) =>
    refuseSelfReference(command) ??
    refuseNotice(command, notices) ?? [
      { type: MEMBERSHIP_EVENTS_BY_COMMAND[command.name], data: command.data } as MembershipEvent,
    ],

  evolve({ timelines, notices }, event, revision) {
    const isNoticeSet = event.type === 'NoticeGiven' || event.type === 'NoticeRescinded';
    return {
      timelines: timelines.set(revision, event),
      notices: isNoticeSet
        ? notices.set(event.data.notice, event.type === 'NoticeGiven' ? 'given' : 'rescinded')
        : notices,
    };
  },

  findViolations: ({ timelines }) => timelines.findViolations(),

  isSuperseded: ({ timelines }, event) => !isRepeatable(event) && timelines.hasEnded(event),
};

function refuseSelfReference({ name, data }: MembershipCommand): Refusal | undefined {
  const { organization, member } = data;
  if (organization === member)
    return refuse('self-reference', `"${organization}" would be a member of itself.`);
  if (name === 'succeed-member' && data.predecessor === member)
    return refuse('self-reference', `"${member}" would succeed itself.`);
  if (name === 'admit-member' && data.onBehalfOf === member)
    return refuse('self-reference', `"${member}" would be a member on behalf of itself.`);
  return undefined;
}
