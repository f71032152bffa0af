// The facts of a relation, kept in the order of their dates while facts come and go one at a time.
import { List, Map } from 'immutable';
import { compareBounds, type DateBounds } from './edtf.js';
import { arrangeFacts, type TimelineRules } from './timeline.js';

type SortedFact<F, S, R> = DateBounds & {
  readonly revision: number;
  readonly fact: F;
  /** The state that the sorted facts up to this one leave. */
  readonly state: S;
  /** The rule that it breaks there; it then changes no state. */
  readonly broken?: R;
};

/** A fact that breaks a rule in the sorted order, where no order is legal. */
type BrokenRule<F, R> = { readonly revision: number; readonly fact: F; readonly rule: R };

/**
 * Immutable. A fact that is added at the end, as most are, costs as much in a long timeline as in a short one; so does
 * asking for broken rules while the sorted order is legal, which it mostly is.
 */
export class FactTimeline<F, S extends string, R extends object> {
  private constructor(
    private readonly rules: TimelineRules<F, S, R>,
    /** By revision. */
    private readonly facts: Map<number, F>,
    private readonly sorted: List<SortedFact<F, S, R>>,
    /** How many of them break a rule in the sorted order. */
    private readonly brokenCount: number,
  ) {}

  static create<F, S extends string, R extends object>(rules: TimelineRules<F, S, R>): FactTimeline<F, S, R> {
    return new FactTimeline(rules, Map<number, F>(), List<SortedFact<F, S, R>>(), 0);
  }

  get(revision: number): F | undefined {
    return this.facts.get(revision);
  }

  get size(): number {
    return this.facts.size;
  }

  /** With this fact at a revision, in place of the one that is there; `undefined` removes it. */
  set(revision: number, fact: F | undefined): FactTimeline<F, S, R> {
    const remaining = this.#remove(revision);
    return fact === undefined ? remaining : remaining.#insert(revision, fact);
  }

  /**
   * The rules that the facts break if no order that their dates allow is legal, in the sorted order; empty if one is.
   * `too-many`: no legal order was found in reasonable time.
   */
  findBrokenRules(): readonly BrokenRule<F, R>[] | 'too-many' {
    if (this.brokenCount === 0) return [];
    const { outcome } = this.#search();
    if (outcome === 'arranged') return [];
    if (outcome === 'too-many') return 'too-many';
    return this.sorted
      .toArray()
      .flatMap(({ revision, fact, broken }) => (broken ? [{ revision, fact, rule: broken }] : []));
  }

  /**
   * Whether another fact follows the last one that matches, in an order in which they can have happened; false if none is
   * found.
   */
  isFollowed(matches: (fact: F) => boolean): boolean {
    const ordered = this.#arrange();
    return ordered !== undefined && ordered.findLastIndex(matches) < ordered.length - 1;
  }

  /** The facts in an order in which they can have happened; undefined if none is found. */
  #arrange(): readonly F[] | undefined {
    if (this.brokenCount === 0) return this.sorted.toArray().map(({ fact }) => fact);
    const arrangement = this.#search();
    return arrangement.outcome === 'arranged' ? arrangement.facts : undefined;
  }

  #search() {
    const inRecordOrder = [...this.facts].sort(([a], [b]) => a - b).map(([, fact]) => fact);
    return arrangeFacts(inRecordOrder, this.rules);
  }

  #insert(revision: number, fact: F): FactTimeline<F, S, R> {
    const placed = { ...this.rules.getBounds(fact), revision, fact, state: this.rules.initialState };
    const position = this.#findPosition(placed);
    const { size } = this.sorted;
    const sorted = position === size ? this.sorted.push(placed) : this.sorted.insert(position, placed);
    return this.#foldFrom(position, this.facts.set(revision, fact), sorted, this.brokenCount);
  }

  #remove(revision: number): FactTimeline<F, S, R> {
    const fact = this.facts.get(revision);
    if (fact === undefined) return this;
    const position = this.#findPosition({ ...this.rules.getBounds(fact), revision });
    const removed = this.sorted.get(position)?.broken ? 1 : 0;
    return this.#foldFrom(
      position,
      this.facts.delete(revision),
      this.sorted.delete(position),
      this.brokenCount - removed,
    );
  }

  /** The position of the first sorted fact that is not before this one. */
  #findPosition(placed: DateBounds & { readonly revision: number }): number {
    let [low, high] = [0, this.sorted.size];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.sorted.get(middle) as SortedFact<F, S, R>;
      if ((compareBounds(other, placed) || other.revision - placed.revision) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Folds the sorted facts from a position on, until the state is the one that was known. */
  #foldFrom(
    start: number,
    facts: Map<number, F>,
    sorted: List<SortedFact<F, S, R>>,
    brokenCount: number,
  ): FactTimeline<F, S, R> {
    const isInserted = sorted.size > this.sorted.size;
    let state = start === 0 ? this.rules.initialState : (sorted.get(start - 1) as { state: S }).state;
    for (let position = start; position < sorted.size; position++) {
      const before = sorted.get(position) as SortedFact<F, S, R>;
      const { broken: _, ...rest } = before;
      const step = this.rules.step(state, before.fact);
      const after: SortedFact<F, S, R> =
        typeof step === 'string' ? { ...rest, state: step } : { ...rest, state, broken: step };
      state = after.state;
      const isNew = isInserted && position === start;
      brokenCount += Number(after.broken !== undefined) - Number(before.broken !== undefined);
      sorted = sorted.set(position, after);
      if (!isNew && after.state === before.state && !after.broken === !before.broken) break;
    }
    return new FactTimeline(this.rules, facts, sorted, brokenCount);
  }
}
