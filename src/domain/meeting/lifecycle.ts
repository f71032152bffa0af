// The status of a meeting and the steps that change it, in record order. Pure.
import { InvalidDate, parseEdtf } from '../../dates/edtf.js';
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

export type MeetingStepType = keyof typeof MEETING_STEPS;
export type MeetingStep = Extract<MeetingEvent, { readonly type: MeetingStepType }>;

export const MEETING_STEP_TYPES = Object.keys(MEETING_STEPS) as readonly MeetingStepType[];

const getStepRule = (type: MeetingStepType): StepRule => MEETING_STEPS[type];

const isMeetingStep = (event: MeetingEvent): event is MeetingStep => Object.hasOwn(MEETING_STEPS, event.type);

/** A date that is one day, or an interval between two days, is scheduled; any other is only announced. */
function getScheduleStatus(scheduledFor: string): 'announced' | 'scheduled' {
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

/** The part of a meeting's state that its steps change. */
export type MeetingLifecycle = {
  readonly status: MeetingStatus;
  /** EDTF; null while the meeting is postponed. */
  readonly scheduledFor: string | null;
  /** Whether it was ever opened. */
  readonly opened: boolean;
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
    status: leadsTo,
    scheduledFor: leadsTo === 'postponed' ? null : lifecycle.scheduledFor,
    opened: lifecycle.opened || leadsTo === 'open',
  };
}

const planFor = (scheduledFor: string) => ({ status: getScheduleStatus(scheduledFor), scheduledFor });
