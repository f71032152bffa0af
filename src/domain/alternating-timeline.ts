// Relations that start and end alternately (an observer status, an office), checked over the timeline in valid time.
import { parseBounds } from '../dates/edtf.js';
import { arrangeFacts, type TimelineRules } from '../dates/timeline.js';
import { refuse, type Refusal } from '../eventsourcing/refusal.js';

/** A fact that something began or ended. `effective` is EDTF. */
type DatedFact = { readonly type: string; readonly data: { readonly effective: string } };

export type AlternationRules<F extends DatedFact> = {
  /** The event type that begins it; every other one ends it. */
  readonly startEventType: string;
  /** Refuses a second start without an end in between. */
  readonly refuseRepeatedStart: (fact: F) => Refusal;
  /** Refuses an end without a start. */
  readonly refuseMissingStart: (fact: F) => Refusal;
};

const toTimelineRules = <F extends DatedFact>({
  startEventType,
  refuseRepeatedStart,
  refuseMissingStart,
}: AlternationRules<F>): TimelineRules<F, 'off' | 'on', Refusal> => ({
  getBounds: ({ data }) => parseBounds(data.effective),
  getKind: ({ type }) => type,
  initialState: 'off',
  step: (state, fact) => {
    if (fact.type === startEventType) return state === 'off' ? 'on' : refuseRepeatedStart(fact);
    return state === 'on' ? 'off' : refuseMissingStart(fact);
  },
});

/** Whether the facts, in record order, can have happened in some order that their dates allow. */
export function checkAlternation<F extends DatedFact>(
  facts: readonly F[],
  alternation: AlternationRules<F>,
): Refusal | undefined {
  const arranged = arrangeFacts(facts, toTimelineRules(alternation));
  switch (arranged.outcome) {
    case 'arranged':
      return undefined;
    case 'broken':
      return arranged.rule;
    case 'too-many':
      return refuseTooImprecise(facts.length);
  }
}

export const refuseTooImprecise = (facts: number): Refusal =>
  refuse(
    'too-imprecise',
    `The dates of ${facts} facts are so imprecise that no order of them was found in reasonable time.`,
  );

/** From each beginning to the end after it, if there is one, in the order of the timeline. */
export function listPeriods<F extends DatedFact>(
  facts: readonly F[],
  alternation: AlternationRules<F>,
): readonly { readonly begun: F; readonly ended?: F }[] {
  const arranged = arrangeFacts(facts, toTimelineRules(alternation));
  if (arranged.outcome !== 'arranged') throw new RangeError('the facts of a relation have no legal order');
  const found: { begun: F; ended?: F }[] = [];
  for (const fact of arranged.facts) {
    const last = found.at(-1);
    if (fact.type === alternation.startEventType) found.push({ begun: fact });
    else if (last) last.ended = fact;
  }
  return found;
}
