// When somebody may sit in, in valid time. The decider judges by it, read models order by it.
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import { type AlternatingTimeline, checkAlternation, listPeriods } from '../alternating-timeline.js';
import type { ObservershipEvent } from './events.js';

export const observerTimeline: AlternatingTimeline<ObservershipEvent> = {
  startEventType: 'ObserverStatusGranted',
  refuseRepeatedStart: ({ data }) =>
    refuse(
      'already-observer',
      `"${data.observer}" has a status at "${data.organization}" already in ${data.effective}.`,
    ),
  refuseMissingStart: ({ data }) =>
    refuse(
      'not-an-observer',
      `"${data.observer}" has no status at "${data.organization}" in ${data.effective}.`,
    ),
};

/** Whether the facts, in record order, can have happened in some order that their dates allow. */
export const checkTimeline = (facts: readonly ObservershipEvent[]): Refusal | undefined =>
  checkAlternation(facts, observerTimeline);

/** The times as an observer that a legal history tells. */
export const listObserverPeriods = <F extends ObservershipEvent>(facts: readonly F[]) =>
  listPeriods<F>(facts, observerTimeline);
