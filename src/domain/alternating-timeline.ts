// Relations that start and end alternately (an observer status, an office), checked over the timeline in valid time.
import { parseBounds } from '../dates/edtf.js';
import type { Refusal } from '../eventsourcing/refusal.js';
import type { TimelineRefusals } from './timeline-decider.js';

/** A fact that something began or ended. `effective` is EDTF. */
type DatedFact = { readonly type: string; readonly data: { readonly effective: string } };

type BrokenAlternation = { readonly rule: 'repeated-start' | 'missing-start' };
type AlternationRules<F extends DatedFact> = TimelineRefusals<F, 'off' | 'on', BrokenAlternation>;

/** `startEventType` begins it, every other event ends it. */
export const createAlternatingTimeline = <F extends DatedFact>(
  startEventType: F['type'],
  refusals: {
    /** Refuses a second beginning without an end between. */
    readonly refuseRepeatedStart: (fact: F) => Refusal;
    /** Refuses an end of what has not begun. */
    readonly refuseMissingStart: (fact: F) => Refusal;
  },
): AlternationRules<F> => ({
  rules: {
    getBounds: ({ data }) => parseBounds(data.effective),
    getKind: ({ type }) => type,
    initialState: 'off',
    step: (state, { type }) => {
      if (type === startEventType) return state === 'off' ? 'on' : { rule: 'repeated-start' };
      return state === 'on' ? 'off' : { rule: 'missing-start' };
    },
  },
  refuseRule: ({ rule }, fact) =>
    rule === 'repeated-start' ? refusals.refuseRepeatedStart(fact) : refusals.refuseMissingStart(fact),
});
