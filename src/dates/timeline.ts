// Facts whose days are known within bounds only, put into an order in which they can have happened.
import { compareBounds, compareLatest, isWhollyBefore, type DateBounds } from './edtf.js';

/** What may follow what. `F` is a fact, `S` a state, `R` what says that a rule is broken. All pure. */
export type TimelineRules<F, S extends string, R extends object> = {
  readonly getBounds: (fact: F) => DateBounds;
  /** Facts of one kind are the same to `step`: from any state, all lead to one state or all break a rule. */
  readonly getKind: (fact: F) => string;
  /** A state is a string, so that the search can remember where it has been. */
  readonly initialState: S;
  readonly step: (state: S, fact: F) => S | R;
};

type Arrangement<F, R> =
  | { readonly outcome: 'arranged'; readonly facts: readonly F[] }
  /** No arrangement is legal. `rule` is what the facts as sorted break first, `fact` the one that breaks it. */
  | { readonly outcome: 'broken'; readonly rule: R; readonly fact: F }
  /** Not decided within the limit. */
  | { readonly outcome: 'too-many' };

/**
 * How many facts a search may look at (a fraction of a second). Anyone who may write can send facts whose bounds
 * overlap so that the orders to try grow with the factorial of their number, and a node decides on one thread.
 * Raise it, never lower it: whoever reads the book must be able to arrange what was accepted once.
 */
const SEARCH_STEPS_MAX = 1_000_000;

type DatedFact<F> = DateBounds & { readonly fact: F; readonly kind: string; readonly index: number };

/** What remains to be placed, `held` and all sorted facts from `next` on, and the state that the placed ones left. */
type SearchState<F, S> = {
  readonly skipped: readonly DatedFact<F>[];
  readonly next: number;
  readonly state: S;
};

/**
 * The timeline of facts given in record order: the first legal arrangement, trying facts in the order of earliest
 * day, latest day and record.
 *
 * An arrangement gives each fact a day within its bounds, none before the day of the one before it. An order allows
 * that exactly if no fact stands before one that lies wholly before it, which is all that the search checks of
 * dates. The sorted order always allows it, so that only rules can fail; mostly it is legal, and no search begins.
 */
export function arrangeFacts<F, S extends string, R extends object>(
  facts: readonly F[],
  rules: TimelineRules<F, S, R>,
  looks = SEARCH_STEPS_MAX,
): Arrangement<F, R> {
  const sorted = facts
    .map((fact) => ({ ...rules.getBounds(fact), fact, kind: rules.getKind(fact) }))
    .sort(compareBounds)
    .map((dated, index): DatedFact<F> => ({ ...dated, index }));
  const broken = findFirstViolation(sorted, rules);
  if (!broken) return { outcome: 'arranged', facts: sorted.map(({ fact }) => fact) };

  const search = new TimelineSearch(sorted, rules, looks);
  const timeline: F[] = [];
  let here: SearchState<F, S> = { skipped: [], next: 0, state: rules.initialState };
  while (timeline.length < sorted.length) {
    const choices = search.findNextCandidates(here);
    let chosen: SearchState<F, S> | undefined;
    for (const choice of choices) {
      const after = search.placeFact(here, choice);
      // Where dates leave no choice there is nothing to search: exact ones cost one pass, however many.
      const legal = after && (choices.length === 1 || search.canBeCompleted(after));
      if (legal === 'too-many') return { outcome: 'too-many' };
      if (!after || !legal) continue;
      chosen = after;
      timeline.push(choice.fact);
      break;
    }
    if (!chosen) return broken;
    here = chosen;
  }
  return { outcome: 'arranged', facts: timeline };
}

function findFirstViolation<F, S extends string, R extends object>(
  sorted: readonly DatedFact<F>[],
  rules: TimelineRules<F, S, R>,
): (Arrangement<F, R> & { outcome: 'broken' }) | undefined {
  let state = rules.initialState;
  for (const { fact } of sorted) {
    const next = rules.step(state, fact);
    if (typeof next !== 'string') return { outcome: 'broken', rule: next, fact };
    state = next;
  }
  return undefined;
}

class TimelineSearch<F, S extends string, R extends object> {
  /** Places met before, and whether the facts that remain there can be completed to a legal order. */
  private readonly knownResults = new Map<string, boolean>();

  constructor(
    private readonly sorted: readonly DatedFact<F>[],
    private readonly rules: TimelineRules<F, S, R>,
    private stepsLeft: number,
  ) {}

  /**
   * The remaining facts that do not lie wholly after another one, in sorted order. As they are sorted by their
   * earliest day, these come first among the remaining.
   */
  findNextCandidates(place: SearchState<F, S>): readonly DatedFact<F>[] {
    const found: DatedFact<F>[] = [];
    let soonest: DatedFact<F> | undefined;
    for (const fact of this.iterateRemaining(place)) {
      this.stepsLeft--;
      if (soonest && isWhollyBefore(soonest, fact)) break;
      if (!soonest || compareLatest(fact.latest, soonest.latest) < 0) soonest = fact;
      found.push(fact);
    }
    return found;
  }

  /** Undefined if the rules forbid this fact here. */
  placeFact(
    { skipped, next, state }: SearchState<F, S>,
    { index, fact }: DatedFact<F>,
  ): SearchState<F, S> | undefined {
    const nextState = this.rules.step(state, fact);
    if (typeof nextState !== 'string') return undefined;
    return index < next
      ? { skipped: skipped.filter((other) => other.index !== index), next, state: nextState }
      : { skipped: [...skipped, ...this.sorted.slice(next, index)], next: index + 1, state: nextState };
  }

  /**
   * Whether any order of what remains is legal, depth first and without recursion, as a stream may be longer than
   * the stack is deep. The day reached is no part of a place: a fact stands next only if it lies wholly after none
   * of the others, so whatever remains can still have happened on that day.
   */
  canBeCompleted(start: SearchState<F, S>): boolean | 'too-many' {
    const trail = [{ key: '', untried: [start] }];
    for (let last = trail.at(-1); last; last = trail.at(-1)) {
      if (this.stepsLeft < 0) return 'too-many';
      const place = last.untried.pop();
      if (!place) {
        this.knownResults.set(last.key, false);
        trail.pop();
        continue;
      }
      const { skipped, next, state } = place;
      this.stepsLeft -= skipped.length; // naming a place costs as much as looking at what it holds
      const key = `${skipped.map(({ index }) => index).join()};${next};${state}`;
      const complete = skipped.length === 0 && next === this.sorted.length;
      const known = complete || this.knownResults.get(key);
      if (known) {
        for (const { key } of trail) this.knownResults.set(key, true);
        return true;
      }
      if (known === undefined) trail.push({ key, untried: this.listBranches(place) });
    }
    return false;
  }

  /**
   * One fact of each kind is enough: of those that can stand next, the one with the least latest day. For let `a` be
   * that one, and a legal order of what remains begin with another one of its kind, `b`. Exchange the two. To the
   * rules nothing changed. Both can stand before everything that remains, so `a` can be first, and nothing after the
   * old place of `a` lies wholly before `b`. What stands before that place does not lie wholly after `a`, hence not
   * wholly after `b`, whose latest day is not before that of `a`. So a legal order begins with `a` as well.
   * (This answers whether one exists. Which is the first, `arrange` finds by asking for each choice in turn.)
   */
  private listBranches(place: SearchState<F, S>): SearchState<F, S>[] {
    const soonest = new Map<string, DatedFact<F>>();
    for (const fact of this.findNextCandidates(place)) {
      const rival = soonest.get(fact.kind);
      if (!rival || compareLatest(fact.latest, rival.latest) < 0) soonest.set(fact.kind, fact);
    }
    return [...soonest.values()].flatMap((fact) => this.placeFact(place, fact) ?? []);
  }

  private *iterateRemaining({ skipped, next }: SearchState<F, S>): Generator<DatedFact<F>> {
    yield* skipped;
    for (let index = next; index < this.sorted.length; index++) {
      const fact = this.sorted[index];
      if (fact) yield fact;
    }
  }
}
