// The status of a meeting and the steps that change it, in record order. Pure.
import {
  compareLatestDays,
  type DateBounds,
  InvalidDate,
  isWhollyBefore,
  parseBounds,
  parseEdtf,
} from '../../dates/edtf.js';
import { isCertainlyBefore, toInstantWithBounds } from '../../dates/instant.js';
import type { MeetingEvent } from './events.js';

export const MEETING_STATUSES = [
  'announced',
  'scheduled',
  'confirmed',
  'postponed',
  'cancelled',
  'open',
  'adjourned',
  'closed',
] as const;
export type MeetingStatus = (typeof MEETING_STATUSES)[number];

type StepRule = {
  readonly allowedIn: readonly MeetingStatus[];
  /** The status after the step: this one, that of the new date, or the one before. */
  readonly leadsTo: MeetingStatus | 'by-date' | 'unchanged';
};

const BEFORE_OPENING = ['announced', 'scheduled', 'confirmed', 'postponed'] as const;

/** Every step, by the type of its event: all else about steps is derived from this table. */
const MEETING_STEPS = {
  MeetingRescheduled: { allowedIn: BEFORE_OPENING, leadsTo: 'by-date' },
  MeetingRelocated: { allowedIn: [...BEFORE_OPENING, 'open', 'adjourned'], leadsTo: 'unchanged' },
  MeetingConfirmed: { allowedIn: ['announced', 'scheduled'], leadsTo: 'confirmed' },
  MeetingPostponed: { allowedIn: BEFORE_OPENING, leadsTo: 'postponed' },
  MeetingCancelled: { allowedIn: BEFORE_OPENING, leadsTo: 'cancelled' },
  MeetingOpened: { allowedIn: ['announced', 'scheduled', 'confirmed', 'adjourned'], leadsTo: 'open' },
  MeetingAdjourned: { allowedIn: ['open'], leadsTo: 'adjourned' },
  MeetingClosed: { allowedIn: ['open', 'adjourned'], leadsTo: 'closed' },
} as const satisfies { readonly [T in MeetingEvent['type']]?: StepRule };

type MeetingStepType = keyof typeof MEETING_STEPS;
export type MeetingStep = Extract<MeetingEvent, { readonly type: MeetingStepType }>;

export const MEETING_STEP_TYPES = Object.keys(MEETING_STEPS) as readonly MeetingStepType[];

const getStepRule = (type: MeetingStepType): StepRule => MEETING_STEPS[type];

export const isMeetingStep = (event: MeetingEvent): event is MeetingStep =>
  Object.hasOwn(MEETING_STEPS, event.type);

/** A date that is one day, or an interval between two days, is scheduled; any other is only announced. */
function getScheduleStatus(scheduledFor: string | undefined): 'announced' | 'scheduled' {
  if (scheduledFor === undefined) return 'announced';
  const date = parseEdtf(scheduledFor);
  const isSettled =
    !(date instanceof InvalidDate) &&
    (date.lastsForDays || (date.earliest !== null && date.earliest === date.latest));
  return isSettled ? 'scheduled' : 'announced';
}

/** The rule that forbids a step in a status; an adjournment or a closing needs an open meeting. */
const RULE_BY_STATUS: { readonly [S in MeetingStatus]?: string } = {
  open: 'meeting-open',
  adjourned: 'meeting-open',
  closed: 'meeting-closed',
  cancelled: 'meeting-cancelled',
  confirmed: 'meeting-confirmed',
  postponed: 'meeting-postponed',
};

/** The code of the rule that a step would violate; undefined if it is allowed. */
export function findViolatedRule(step: MeetingStepType, status: MeetingStatus): string | undefined {
  if (getStepRule(step).allowedIn.includes(status)) return undefined;
  if (step === 'MeetingAdjourned' || step === 'MeetingClosed')
    return status === 'closed' ? 'meeting-closed' : 'meeting-not-open';
  return RULE_BY_STATUS[status];
}

/** The part of a meeting's state that its steps change. Times are instants or EDTF, as given. */
export type MeetingLifecycle = {
  readonly status: MeetingStatus;
  /** EDTF; null while the meeting is postponed, or if no source says when. */
  readonly scheduledFor: string | null;
  /** Whether it was ever opened. */
  readonly opened: boolean;
  /** When it was first opened, last opened (or resumed), and last adjourned; absent before. */
  readonly firstOpenedAt?: string;
  readonly lastOpenedAt?: string;
  readonly lastAdjournedAt?: string;
  readonly closedAt?: string;
  /** The last day on which it is known to be open or to go on; null if that is unbounded. Absent before the opening. */
  readonly lastKnownDay?: string | null;
};

/** The lifecycle after an event; the same object if the event is no step. */
export function evolveLifecycle(
  lifecycle: MeetingLifecycle | undefined,
  event: MeetingEvent,
): MeetingLifecycle | undefined {
  if (event.type === 'MeetingScheduled') return { ...planFor(event.data.scheduledFor), opened: false };
  if (!lifecycle || !isMeetingStep(event)) return lifecycle;
  if (event.type === 'MeetingRescheduled') return { ...lifecycle, ...planFor(event.data.scheduledFor) };
  const { leadsTo } = getStepRule(event.type);
  if (leadsTo === 'unchanged' || leadsTo === 'by-date') return lifecycle;
  return {
    ...lifecycle,
    status: leadsTo,
    scheduledFor: leadsTo === 'postponed' ? null : lifecycle.scheduledFor,
    ...evolveTimes(lifecycle, event),
  };
}

const planFor = (scheduledFor: string | undefined) => ({
  status: getScheduleStatus(scheduledFor),
  scheduledFor: scheduledFor ?? null,
});

function evolveTimes(lifecycle: MeetingLifecycle, event: MeetingStep): Partial<MeetingLifecycle> {
  const { firstOpenedAt, lastKnownDay } = lifecycle;
  switch (event.type) {
    case 'MeetingOpened': {
      const { at } = event.data;
      return {
        opened: true,
        firstOpenedAt: firstOpenedAt ?? at,
        lastOpenedAt: at,
        lastKnownDay: getLaterDay(lastKnownDay, at),
      };
    }
    case 'MeetingAdjourned': {
      const { at, until } = event.data;
      const day = getLaterDay(lastKnownDay, at);
      return {
        lastAdjournedAt: at,
        lastKnownDay: until === undefined ? day : getLaterDay(day, until),
      };
    }
    case 'MeetingClosed':
      return { closedAt: event.data.at };
    default:
      return {};
  }
}

/** The later of a day and the latest day of an instant or a date; null if one of them is unbounded. */
function getLaterDay(day: string | null | undefined, time: string): string | null {
  const { latest } = toInstantWithBounds(time);
  if (day === undefined) return latest;
  return compareLatestDays(day, latest) < 0 ? latest : day;
}

/**
 * The days on which a meeting takes place or, before its opening, is planned; null bounds if there is no plan. A meeting
 * that is open or adjourned lasts until the latest of its plan, its last known day and the day to which it was adjourned.
 */
export function getMeetingDays(lifecycle: MeetingLifecycle): DateBounds {
  const { scheduledFor, firstOpenedAt, closedAt, lastKnownDay = null } = lifecycle;
  const plan = scheduledFor === null ? undefined : parseBounds(scheduledFor);
  if (firstOpenedAt === undefined) return plan ?? { earliest: null, latest: null };
  const opened = toInstantWithBounds(firstOpenedAt);
  if (closedAt === undefined) {
    const latest = plan && compareLatestDays(lastKnownDay, plan.latest) < 0 ? plan.latest : lastKnownDay;
    return { earliest: opened.earliest, latest };
  }
  const closed = toInstantWithBounds(closedAt);
  // Recorded before the rule was made that a meeting ends after it began: it is found on both days.
  return isWhollyBefore(closed, opened)
    ? { earliest: closed.earliest, latest: opened.latest }
    : { earliest: opened.earliest, latest: closed.latest };
}

/** What a step would certainly end before it began; undefined if the step can have happened at its time. */
export function findReversedTimes(
  step: MeetingStep,
  { status, lastOpenedAt, lastAdjournedAt }: MeetingLifecycle,
): { readonly end: string; readonly beginning: string } | undefined {
  const check = (end: string | undefined, beginning: string | undefined) =>
    end !== undefined && beginning !== undefined && isCertainlyBefore(end, beginning)
      ? { end, beginning }
      : undefined;
  switch (step.type) {
    case 'MeetingOpened':
      return status === 'adjourned' ? check(step.data.at, lastAdjournedAt) : undefined;
    case 'MeetingAdjourned':
      return check(step.data.at, lastOpenedAt) ?? check(step.data.until, step.data.at);
    case 'MeetingClosed':
      return check(step.data.at, lastOpenedAt);
    default:
      return undefined;
  }
}
