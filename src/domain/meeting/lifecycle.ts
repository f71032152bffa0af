// Where a meeting stands, and what moves it on. Judged in record order.
import { InvalidDate, parseEdtf } from '../../dates/edtf.js';
import type { MeetingEvent, MeetingStep } from './events.js';

export type MeetingStatus =
  'announced' | 'scheduled' | 'confirmed' | 'postponed' | 'cancelled' | 'open' | 'adjourned' | 'closed';

/** A date that is one day, or an interval between two days, is scheduled; any other is only announced. */
export function getScheduleStatus(scheduledFor: string): 'announced' | 'scheduled' {
  const date = parseEdtf(scheduledFor);
  const isSettled =
    !(date instanceof InvalidDate) &&
    (date.lastsForDays || (date.earliest !== null && date.earliest === date.latest));
  return isSettled ? 'scheduled' : 'announced';
}

type StepType = MeetingStep['type'];

const STATUSES_BEFORE_OPENING = ['announced', 'scheduled', 'confirmed', 'postponed'] as const;

/** From which a step may be taken. */
const ALLOWED_STATUSES: { readonly [S in StepType]: readonly MeetingStatus[] } = {
  MeetingRescheduled: STATUSES_BEFORE_OPENING,
  MeetingPostponed: STATUSES_BEFORE_OPENING,
  MeetingCancelled: STATUSES_BEFORE_OPENING,
  MeetingRelocated: [...STATUSES_BEFORE_OPENING, 'open', 'adjourned'],
  MeetingConfirmed: ['announced', 'scheduled'],
  MeetingOpened: ['announced', 'scheduled', 'confirmed', 'adjourned'],
  MeetingAdjourned: ['open'],
  MeetingClosed: ['open', 'adjourned'],
};

/** Why it may not be taken from another: what the meeting is, or, for ends, that it is not open. */
const RULE_BY_STATUS: { readonly [S in MeetingStatus]?: string } = {
  open: 'meeting-open',
  adjourned: 'meeting-open',
  closed: 'meeting-closed',
  cancelled: 'meeting-cancelled',
  confirmed: 'meeting-confirmed',
  postponed: 'meeting-postponed',
};

/** The code of the rule that a step would break; undefined if it may be taken. */
export function findViolatedRule(step: StepType, status: MeetingStatus): string | undefined {
  if (ALLOWED_STATUSES[step].includes(status)) return undefined;
  if (step === 'MeetingAdjourned' || step === 'MeetingClosed')
    return status === 'closed' ? 'meeting-closed' : 'meeting-not-open';
  return RULE_BY_STATUS[status];
}

/** What of a meeting its steps change. */
export type MeetingLifecycle = {
  readonly status: MeetingStatus;
  /** EDTF; null while it is postponed. */
  readonly scheduledFor: string | null;
  /** Whether it was ever opened. */
  readonly opened: boolean;
};

/** Where a meeting stands after an event. */
export function evolveLifecycle(
  course: MeetingLifecycle | undefined,
  { type, data }: MeetingEvent,
): MeetingLifecycle | undefined {
  if (type === 'MeetingScheduled')
    return { status: getScheduleStatus(data.scheduledFor), scheduledFor: data.scheduledFor, opened: false };
  if (!course) return course;
  switch (type) {
    case 'MeetingRescheduled':
      return { ...course, status: getScheduleStatus(data.scheduledFor), scheduledFor: data.scheduledFor };
    case 'MeetingConfirmed':
      return { ...course, status: 'confirmed' };
    case 'MeetingPostponed':
      return { ...course, status: 'postponed', scheduledFor: null };
    case 'MeetingCancelled':
      return { ...course, status: 'cancelled' };
    case 'MeetingOpened':
      return { ...course, status: 'open', opened: true };
    case 'MeetingAdjourned':
      return { ...course, status: 'adjourned' };
    case 'MeetingClosed':
      return { ...course, status: 'closed' };
    default:
      return course;
  }
}
