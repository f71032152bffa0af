// Facts whose days are known within bounds only, put into an order in which they can have happened.
import { compareBounds, compareLatestDays, isWhollyBefore, type DateBounds } from './edtf.js';

/** Which fact may follow which. `F` is a fact, `S` a state, `R` the violation of a rule. All pure. */
export type TimelineRules<F, S extends string, R extends object> = {
  readonly getBounds: (fact: F) => DateBounds;
  /** Facts of one kind are the same to `step`: from any state, all of them lead to one state or all violate a rule. */
  readonly getKind: (fact: F) => string;
  /** A state is a string, so that the search can remember the states that it has visited. */
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
 * The number of facts that a search may examine (a fraction of a second). Anyone who may write can send facts whose
 * bounds overlap so that the orders to try grow with the factorial of their number, and a node decides on one thread.
 * Raise it, never lower it: facts that were accepted once must be arranged by every later release.
 */
const SEARCH_STEPS_MAX = 1_000_000;

type DatedFact<F> = DateBounds & { readonly fact: F; readonly kind: string; readonly index: number };

/**
 * The facts that remain to be placed, `skipped` and all sorted facts from `next` on, and the state after the placed
 * ones.
 */
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
  maxSteps = SEARCH_STEPS_MAX,
): Arrangement<F, R> {
  const sorted = sortFacts(facts, rules);
  const broken = findFirstViolation(sorted, rules);
  if (!broken) return { outcome: 'arranged', facts: sorted.map(({ fact }) => fact) };

  const search = new TimelineSearch(sorted, rules, maxSteps);
  const timeline: F[] = [];
  let current: SearchState<F, S> = { skipped: [], next: 0, state: rules.initialState };
  while (timeline.length < sorted.length) {
    const candidates = search.findNextCandidates(current);
    let chosen: SearchState<F, S> | undefined;
    for (const candidate of candidates) {
      const after = search.placeFact(current, candidate);
      // Where dates leave one candidate there is nothing to search: exact dates cost one pass, however many there are.
      const legal = after && (candidates.length === 1 || search.canBeCompleted(after));
      if (legal === 'too-many') return { outcome: 'too-many' };
      if (!after || !legal) continue;
      chosen = after;
      timeline.push(candidate.fact);
      break;
    }
    if (!chosen) return broken;
    current = chosen;
  }
  return { outcome: 'arranged', facts: timeline };
}

const sortFacts = <F, S extends string, R extends object>(
  facts: readonly F[],
  { getBounds, getKind }: TimelineRules<F, S, R>,
): readonly DatedFact<F>[] =>
  facts
    .map((fact) => ({ ...getBounds(fact), fact, kind: getKind(fact) }))
    .sort(compareBounds)
    .map((dated, index) => ({ ...dated, index }));

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
  /** The search states visited before, and whether their remaining facts can be completed to a legal order. */
  private readonly knownResults = new Map<string, boolean>();

  constructor(
    private readonly sorted: readonly DatedFact<F>[],
    private readonly rules: TimelineRules<F, S, R>,
    private stepsLeft: number,
  ) {}

  /**
   * The remaining facts that are not wholly after another one, in sorted order. As the facts are sorted by their
   * earliest day, these come first among the remaining ones.
   */
  findNextCandidates(searchState: SearchState<F, S>): readonly DatedFact<F>[] {
    const found: DatedFact<F>[] = [];
    let earliestEnding: DatedFact<F> | undefined;
    for (const fact of this.iterateRemaining(searchState)) {
      this.stepsLeft--;
      if (earliestEnding && isWhollyBefore(earliestEnding, fact)) break;
      if (!earliestEnding || compareLatestDays(fact.latest, earliestEnding.latest) < 0) earliestEnding = fact;
      found.push(fact);
    }
    return found;
  }

  /** Undefined if the rules forbid this fact in this state. */
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
   * Whether any order of the remaining facts is legal, depth first and without recursion, as a stream may be longer
   * than the stack is deep. The day reached is no part of a search state: a fact stands next only if it is wholly
   * after none of the others, so whatever remains can still have happened on that day.
   */
  canBeCompleted(start: SearchState<F, S>): boolean | 'too-many' {
    const path = [{ key: '', untried: [start] }];
    for (let last = path.at(-1); last; last = path.at(-1)) {
      if (this.stepsLeft < 0) return 'too-many';
      const searchState = last.untried.pop();
      if (!searchState) {
        this.knownResults.set(last.key, false);
        path.pop();
        continue;
      }
      const { skipped, next, state } = searchState;
      this.stepsLeft -= skipped.length; // building the key costs as much as examining these facts
      const key = `${skipped.map(({ index }) => index).join()};${next};${state}`;
      const complete = skipped.length === 0 && next === this.sorted.length;
      const known = complete || this.knownResults.get(key);
      if (known) {
        for (const { key } of path) this.knownResults.set(key, true);
        return true;
      }
      if (known === undefined) path.push({ key, untried: this.listBranches(searchState) });
    }
    return false;
  }

  /**
   * One fact of each kind is enough: of those that can stand next, the one with the least latest day. Proof: let `a`
   * be that one, and let a legal order of the remaining facts begin with another one of its kind, `b`. Exchange the
   * two. The rules do not distinguish them. Both can stand before everything that remains, so `a` can be first, and
   * nothing after the old position of `a` is wholly before `b`. What stands before that position is not wholly after
   * `a`, hence not wholly after `b`, whose latest day is not before that of `a`. So a legal order begins with `a` as
   * well. (This tells whether a legal order exists. Which one is the first, `arrangeFacts` finds by trying each
   * candidate in turn.)
   */
  private listBranches(searchState: SearchState<F, S>): SearchState<F, S>[] {
    const earliestEnding = new Map<string, DatedFact<F>>();
    for (const fact of this.findNextCandidates(searchState)) {
      const other = earliestEnding.get(fact.kind);
      if (!other || compareLatestDays(fact.latest, other.latest) < 0) earliestEnding.set(fact.kind, fact);
    }
    return [...earliestEnding.values()].flatMap((fact) => this.placeFact(searchState, fact) ?? []);
  }

  private *iterateRemaining({ skipped, next }: SearchState<F, S>): Generator<DatedFact<F>> {
    yield* skipped;
    for (let index = next; index < this.sorted.length; index++) {
      const fact = this.sorted[index];
      if (fact) yield fact;
    }
  }
}
