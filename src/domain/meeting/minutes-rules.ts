// The minutes: circulated once the meeting was opened, approved when it is closed.
import { isWhollyBefore } from '../../dates/edtf.js';
import { isCertainlyBefore, toInstantWithBounds } from '../../dates/instant.js';
import type { DataOf } from '../../eventsourcing/message.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import type { EventRules, RelatedMeetings, ScheduledMeeting } from './event-rule.js';
import type { MinutesApproved, MinutesCirculated } from './events.js';
import { getMeetingDays, type MeetingLifecycle } from './lifecycle.js';
import { precedes, replaceLinks, toMeetingOrder } from './meeting-order.js';

export const minutesRules: EventRules<MinutesCirculated | MinutesApproved> = {
  MinutesCirculated: {
    availability: 'once-opened',
    check: (data, { lifecycle }) => checkMinutesDay(data, 'circulated', lifecycle),
    reads: ['lifecycle'],
  },
  MinutesApproved: { availability: 'always', check: checkApproval, reads: ['lifecycle', 'links'] },
};

/** There are no minutes of a meeting before it began. */
function checkMinutesDay(
  { meeting: id, on }: DataOf<MinutesCirculated | MinutesApproved>,
  step: 'circulated' | 'approved',
  { firstOpenedAt }: MeetingLifecycle,
): Refusal | undefined {
  return firstOpenedAt !== undefined && isCertainlyBefore(on, firstOpenedAt)
    ? refuse(
        'ends-before-it-begins',
        `The minutes of "${id}", which was opened at ${firstOpenedAt}, cannot have been ${step} on ${on}.`,
      )
    : undefined;
}

function checkApproval(
  data: DataOf<MinutesApproved>,
  { lifecycle, links }: ScheduledMeeting,
  related: RelatedMeetings,
): Refusal | undefined {
  const { meeting: id, at } = data;
  const { status, firstOpenedAt } = lifecycle;
  if (status !== 'closed')
    return refuse(
      'meeting-not-closed',
      `The meeting "${id}" is not closed, so its minutes cannot be approved.`,
    );
  const early = checkMinutesDay(data, 'approved', lifecycle);
  if (early) return early;
  if (at === undefined) return undefined;
  // Its own links as they are in this decision: a correction may just have changed them.
  const order = replaceLinks(id, links, toMeetingOrder(related));
  if (at === id || precedes(at, id, order) || !isLaterMeeting(related.meeting(at)?.lifecycle, firstOpenedAt))
    return refuse(
      'circular-order',
      `Minutes are approved at a later meeting, but "${at}" does not come after "${id}".`,
    );
  return undefined;
}

/** Whether a meeting can have taken place after another was opened. */
function isLaterMeeting(meeting: MeetingLifecycle | undefined, openedAt: string | undefined): boolean {
  if (!meeting || openedAt === undefined) return true;
  if (meeting.status === 'cancelled') return false;
  return !isWhollyBefore(getMeetingDays(meeting), toInstantWithBounds(openedAt));
}
