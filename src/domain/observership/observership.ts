// Observer status at an organization. The rules apply to the whole timeline in valid time, since facts arrive late.
// Pure: no clock, no identifiers, no I/O, no framework.
import { formatWhen } from '../../dates/edtf.js';
import type { Decider } from '../../eventsourcing/decider.js';
import type { CommandOf, DataOf, EventOf } from '../../eventsourcing/message.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import { type AlternationRules, checkAlternation, listPeriods } from '../alternating-timeline.js';
import type { CitationFields, Instrument } from '../citation.js';

export const OBSERVER_KINDS = ['observer', 'partner', 'associate'] as const;
export const OBSERVER_END_REASONS = ['revoked', 'lapsed', 'renounced', 'became-member', 'other'] as const;

/** `observer` is an organization's id, or `person:<id>`. `effective` is EDTF. */
type ObservershipData = CitationFields & { organization: string; observer: string; effective: string };

// These names and shapes are stored forever: version with care.
export type ObserverStatusGranted = EventOf<
  'ObserverStatusGranted',
  ObservershipData & {
    kind: (typeof OBSERVER_KINDS)[number];
    /** An organization. */
    grantedBy?: string;
    instrument?: Instrument;
  }
>;
export type ObserverStatusEnded = EventOf<
  'ObserverStatusEnded',
  ObservershipData & { reason: (typeof OBSERVER_END_REASONS)[number] }
>;
export type ObservershipEvent = ObserverStatusGranted | ObserverStatusEnded;

type ObservershipCommand =
  | CommandOf<'grant-observer-status', DataOf<ObserverStatusGranted>>
  | CommandOf<'end-observer-status', DataOf<ObserverStatusEnded>>;

/** The effective events, in record order. */
type Observership = readonly ObservershipEvent[];

export const observershipDecider: Decider<ObservershipCommand, ObservershipEvent, Observership> = {
  initialState: [],

  decide({ name, data }) {
    switch (name) {
      case 'grant-observer-status':
        return [{ type: 'ObserverStatusGranted', data }];
      case 'end-observer-status':
        return [{ type: 'ObserverStatusEnded', data }];
    }
  },

  evolve: (events, event) => [...events, event],

  invariant: (events) => checkObserverTimeline(events),
};

/** Which party had observer status when, in valid time. The decider enforces it; read models order by it. */
const observerTimeline: AlternationRules<ObservershipEvent> = {
  startEventType: 'ObserverStatusGranted',
  refuseRepeatedStart: ({ data }) =>
    refuse(
      'already-observer',
      `"${data.observer}" already has observer status at "${data.organization}" ${formatWhen(data.effective)}.`,
    ),
  refuseMissingStart: ({ data }) =>
    refuse(
      'not-an-observer',
      `"${data.observer}" has no observer status at "${data.organization}" ${formatWhen(data.effective)}.`,
    ),
};

/** Refuses events, given in record order, if no order that their dates allow is legal. */
export const checkObserverTimeline = (events: readonly ObservershipEvent[]): Refusal | undefined =>
  checkAlternation(events, observerTimeline);

/** The periods of observer status, of a legal history. */
export const listObserverPeriods = <F extends ObservershipEvent>(events: readonly F[]) =>
  listPeriods<F>(events, observerTimeline);
