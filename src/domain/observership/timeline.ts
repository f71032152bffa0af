// When somebody may sit in, in valid time. The decider judges by it, read models order by it.
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import { type Alternation, judgeAlternation, spans } from '../alternating-timeline.js';
import type { ObservershipEvent } from './events.js';

export const observing: Alternation<ObservershipEvent> = {
  begins: 'ObserverStatusGranted',
  already: ({ data }) =>
    refuse(
      'already-observer',
      `"${data.observer}" has a status at "${data.organization}" already in ${data.effective}.`,
    ),
  not: ({ data }) =>
    refuse(
      'not-an-observer',
      `"${data.observer}" has no status at "${data.organization}" in ${data.effective}.`,
    ),
};

/** Whether the facts, in record order, can have happened in some order that their dates allow. */
export const judgeTimeline = (facts: readonly ObservershipEvent[]): Refusal | undefined =>
  judgeAlternation(facts, observing);

/** The times as an observer that a legal history tells. */
export const observations = <F extends ObservershipEvent>(facts: readonly F[]) => spans<F>(facts, observing);
