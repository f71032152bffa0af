// Where a meeting stands, and what moves it on. Judged in record order.
import { Invalid, parseEdtf } from '../../dates/edtf.js';
import type { MeetingEvent, MeetingStep } from './events.js';

export type Status =
  'announced' | 'scheduled' | 'confirmed' | 'postponed' | 'cancelled' | 'open' | 'adjourned' | 'closed';

/** A date that is one day, or an interval between two days, is scheduled; any other is only announced. */
export function statusOf(scheduledFor: string): 'announced' | 'scheduled' {
  const date = parseEdtf(scheduledFor);
  const isSettled =
    !(date instanceof Invalid) && (date.days || (date.earliest !== null && date.earliest === date.latest));
  return isSettled ? 'scheduled' : 'announced';
}

type Step = MeetingStep['type'];

const BEFORE = ['announced', 'scheduled', 'confirmed', 'postponed'] as const;

/** From which a step may be taken. */
const ALLOWED: { readonly [S in Step]: readonly Status[] } = {
  MeetingRescheduled: BEFORE,
  MeetingPostponed: BEFORE,
  MeetingCancelled: BEFORE,
  MeetingRelocated: [...BEFORE, 'open', 'adjourned'],
  MeetingConfirmed: ['announced', 'scheduled'],
  MeetingOpened: ['announced', 'scheduled', 'confirmed', 'adjourned'],
  MeetingAdjourned: ['open'],
  MeetingClosed: ['open', 'adjourned'],
};

/** Why it may not be taken from another: what the meeting is, or, for ends, that it is not open. */
const IS: { readonly [S in Status]?: string } = {
  open: 'meeting-open',
  adjourned: 'meeting-open',
  closed: 'meeting-closed',
  cancelled: 'meeting-cancelled',
  confirmed: 'meeting-confirmed',
  postponed: 'meeting-postponed',
};

/** The code of the rule that a step would break; undefined if it may be taken. */
export function ruleBroken(step: Step, status: Status): string | undefined {
  if (ALLOWED[step].includes(status)) return undefined;
  if (step === 'MeetingAdjourned' || step === 'MeetingClosed')
    return status === 'closed' ? 'meeting-closed' : 'meeting-not-open';
  return IS[status];
}

/** What of a meeting its steps change. */
export type Course = {
  readonly status: Status;
  /** EDTF; null while it is postponed. */
  readonly scheduledFor: string | null;
  /** Whether it was ever opened. */
  readonly opened: boolean;
};

/** Where a meeting stands after an event. */
export function courseAfter(course: Course | undefined, { type, data }: MeetingEvent): Course | undefined {
  if (type === 'MeetingScheduled')
    return { status: statusOf(data.scheduledFor), scheduledFor: data.scheduledFor, opened: false };
  if (!course) return course;
  switch (type) {
    case 'MeetingRescheduled':
      return { ...course, status: statusOf(data.scheduledFor), scheduledFor: data.scheduledFor };
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
