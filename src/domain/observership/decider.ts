// The rules of observer status, judged over the whole timeline in valid time, since facts arrive late.
// Pure: no clock, no identifiers, no I/O, no framework.
import type { Decider } from '../../eventsourcing/decider.js';
import type { CommandOf, DataOf } from '../../eventsourcing/message.js';
import type { ObservershipEvent, ObserverStatusEnded, ObserverStatusGranted } from './events.js';
import { checkTimeline } from './timeline.js';

export type ObservershipCommand =
  | CommandOf<'grant-observer-status', DataOf<ObserverStatusGranted>>
  | CommandOf<'end-observer-status', DataOf<ObserverStatusEnded>>;

/** The facts that stand, in record order. */
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

  evolve: (facts, fact) => [...facts, fact],

  invariant: (facts) => checkTimeline(facts),
};
