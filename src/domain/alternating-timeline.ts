// Relations that begin and end in turn (an observer status, an office), judged over the timeline in valid time.
import { bounds } from '../dates/edtf.js';
import { arrange, type Rules } from '../dates/timeline.js';
import { refuse, type Refusal } from '../eventsourcing/refusal.js';

/** A fact that something began or ended. `effective` is EDTF. */
type Dated = { readonly type: string; readonly data: { readonly effective: string } };

export type Alternation<F extends Dated> = {
  /** The event type that begins it; every other one ends it. */
  readonly begins: string;
  /** Refuses a second beginning without an end between. */
  readonly already: (fact: F) => Refusal;
  /** Refuses an end of what has not begun. */
  readonly not: (fact: F) => Refusal;
};

const rulesOf = <F extends Dated>({
  begins,
  already,
  not,
}: Alternation<F>): Rules<F, 'off' | 'on', Refusal> => ({
  when: ({ data }) => bounds(data.effective),
  kind: ({ type }) => type,
  initial: 'off',
  step: (state, fact) => {
    if (fact.type === begins) return state === 'off' ? 'on' : already(fact);
    return state === 'on' ? 'off' : not(fact);
  },
});

/** Whether the facts, in record order, can have happened in some order that their dates allow. */
export function judgeAlternation<F extends Dated>(
  facts: readonly F[],
  alternation: Alternation<F>,
): Refusal | undefined {
  const arranged = arrange(facts, rulesOf(alternation));
  switch (arranged.outcome) {
    case 'arranged':
      return undefined;
    case 'broken':
      return arranged.rule;
    case 'too-many':
      return tooImprecise(facts.length);
  }
}

export const tooImprecise = (facts: number): Refusal =>
  refuse(
    'too-imprecise',
    `The dates of ${facts} facts are so imprecise that no order of them was found in reasonable time.`,
  );

/** From each beginning to the end after it, if there is one, in the order of the timeline. */
export function spans<F extends Dated>(
  facts: readonly F[],
  alternation: Alternation<F>,
): readonly { readonly begun: F; readonly ended?: F }[] {
  const arranged = arrange(facts, rulesOf(alternation));
  if (arranged.outcome !== 'arranged') throw new RangeError('the facts of a relation have no legal order');
  const found: { begun: F; ended?: F }[] = [];
  for (const fact of arranged.facts) {
    const last = found.at(-1);
    if (fact.type === alternation.begins) found.push({ begun: fact });
    else if (last) last.ended = fact;
  }
  return found;
}
