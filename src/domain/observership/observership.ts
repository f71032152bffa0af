// Observer status at an organization. The rules apply to the whole timeline in valid time, since facts arrive late.
// Pure: no clock, no identifiers, no I/O, no framework.
import { formatDatePhrase } from '../../dates/edtf.js';
import type { TypedCommand, DataOf, TypedEvent } from '../../eventsourcing/message.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import { createAlternatingTimeline } from '../alternating-timeline.js';
import { keepShape, type Shapes } from '../../eventsourcing/upcasters.js';
import type { CitationFields, Instrument } from '../event-fields.js';
import { createTimelineDecider } from '../timeline-decider.js';

export const OBSERVER_KINDS = ['observer', 'partner', 'associate'] as const;
export const OBSERVER_END_REASONS = ['revoked', 'lapsed', 'renounced', 'became-member', 'other'] as const;

export type ObserverKind = (typeof OBSERVER_KINDS)[number];
export type ObserverEndReason = (typeof OBSERVER_END_REASONS)[number];

/** `observer` is an organization's id, or `person:<id>`. `effective` is EDTF. */
type ObservershipData = CitationFields & { organization: string; observer: string; effective: string };

// These names and shapes are stored forever: version with care.
export type ObserverStatusGranted = TypedEvent<
  'ObserverStatusGranted',
  ObservershipData & {
    kind?: ObserverKind;
    /** An organization. */
    grantedBy?: string;
    instrument?: Instrument;
  }
>;
export type ObserverStatusEnded = TypedEvent<
  'ObserverStatusEnded',
  ObservershipData & { reason?: ObserverEndReason }
>;
export type ObservershipEvent = ObserverStatusGranted | ObserverStatusEnded;

/** Every event, with the functions that lift its older shapes; forever. */
export const observershipShapes: Shapes<ObservershipEvent> = {
  ObserverStatusGranted: [keepShape],
  ObserverStatusEnded: [keepShape],
};

type ObservershipCommand =
  | TypedCommand<'grant-observer-status', DataOf<ObserverStatusGranted>>
  | TypedCommand<'end-observer-status', DataOf<ObserverStatusEnded>>;

/** Which party had observer status when, in valid time. The decider enforces it; read models order by it. */
export const observerTimeline = createAlternatingTimeline<ObservershipEvent>('ObserverStatusGranted', {
  refuseRepeatedStart: ({ data }) =>
    refuse(
      'already-observer',
      `"${data.observer}" already has observer status at "${data.organization}" ${formatDatePhrase(data.effective)}.`,
    ),
  refuseMissingStart: ({ data }) =>
    refuse(
      'not-an-observer',
      `"${data.observer}" has no observer status at "${data.organization}" ${formatDatePhrase(data.effective)}.`,
    ),
});

export const observershipDecider = createTimelineDecider({
  ...observerTimeline,
  decide: (command: ObservershipCommand): readonly ObservershipEvent[] | Refusal =>
    checkParties(command) ??
    (command.name === 'grant-observer-status'
      ? [{ type: 'ObserverStatusGranted', data: command.data }]
      : [{ type: 'ObserverStatusEnded', data: command.data }]),
});

function checkParties({ name, data }: ObservershipCommand): Refusal | undefined {
  if (data.organization === data.observer)
    return refuse('self-reference', `"${data.organization}" would be an observer of itself.`);
  if (name === 'grant-observer-status' && data.grantedBy === data.observer)
    return refuse('self-reference', `"${data.observer}" would grant observer status to itself.`);
  return undefined;
}
