// Relations that start and end alternately (an observer status, an office), checked over the timeline in valid time.
import { parseBounds } from '../dates/edtf.js';
import { arrangeFacts } from '../dates/timeline.js';
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

/**
 * From each beginning to the end after it, if there is one, in the order of the timeline; undefined if no order of the
 * facts, which are in record order, is legal.
 */
export function listPeriods<F extends DatedFact>(
  facts: readonly F[],
  { rules }: AlternationRules<F>,
): readonly { readonly begun: F; readonly ended?: F }[] | undefined {
  const arranged = arrangeFacts(facts, rules);
  if (arranged.outcome !== 'arranged') return undefined;
  const found: { begun: F; ended?: F }[] = [];
  for (const fact of arranged.facts) {
    const last = found.at(-1);
    if (!last || last.ended) found.push({ begun: fact });
    else last.ended = fact;
  }
  return found;
}
