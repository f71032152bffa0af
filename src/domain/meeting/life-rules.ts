// The life of a meeting: how it is scheduled, and the steps from then to its end.
import type { DataOf } from '../../eventsourcing/message.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import type { EventRule, EventRules, RelatedMeetings } from './event-rule.js';
import type { ChairHandedOver, MeetingEvent, MeetingScheduled } from './events.js';
import {
  findReversedTimes,
  findViolatedRule,
  type MeetingLifecycle,
  MEETING_STEP_TYPES,
  type MeetingStep,
} from './lifecycle.js';
import { isCircular, toMeetingOrder } from './meeting-order.js';
import type { Meeting } from './state.js';

export function checkSchedule(
  data: DataOf<MeetingScheduled>,
  { lifecycle }: Meeting,
  related: RelatedMeetings,
): Refusal | undefined {
  if (lifecycle)
    return refuse('id-taken', `The meeting "${data.meeting}" is already scheduled with other data.`);
  if (isCircular(data.meeting, data, toMeetingOrder(related)))
    return refuse('circular-order', `"${data.meeting}" would come before itself, or be a part of itself.`);
  if (data.announcedAt === data.meeting)
    return refuse('self-reference', `"${data.meeting}" would have been announced at itself.`);
  return undefined;
}

const RULE_DETAILS: { readonly [code: string]: string } = {
  'meeting-open': 'was already opened',
  'meeting-closed': 'was closed',
  'meeting-cancelled': 'was cancelled',
  'meeting-postponed': 'is postponed without a new date',
  'meeting-confirmed': 'is already confirmed',
  'meeting-not-open': 'is not open',
};

function checkStep(step: MeetingStep, lifecycle: MeetingLifecycle): Refusal | undefined {
  const id = step.data.meeting;
  const { status } = lifecycle;
  const code = findViolatedRule(step.type, status);
  if (code !== undefined) return refuse(code, `The meeting "${id}" ${RULE_DETAILS[code] ?? `is ${status}`}.`);
  const reversed = findReversedTimes(step, lifecycle);
  return (
    reversed &&
    refuse(
      'ends-before-it-begins',
      `"${id}": what began at ${reversed.beginning} cannot have ended at ${reversed.end}.`,
    )
  );
}

/** A step is judged by the lifecycle, which it changes, too (evolveLifecycle). */
const createStepRule = (
  type: MeetingStep['type'],
): EventRule<Extract<MeetingEvent, { type: typeof type }>> => ({
  availability: 'always',
  check: (data, { lifecycle }) => checkStep({ type, data } as MeetingStep, lifecycle),
  getTrack: () => 'course',
});

const stepRules = Object.fromEntries(
  MEETING_STEP_TYPES.map((type) => [type, createStepRule(type)]),
) as EventRules<MeetingStep>;

export const lifeRules: EventRules<MeetingStep | ChairHandedOver> = {
  ...stepRules,
  ChairHandedOver: { availability: 'while-open', getTrack: () => 'chair' },
};
