// Whether corrections and retractions may be recorded: they are refused only for what they break themselves. The verdict
// is that of a replay of the whole history with them and of one without: it is illegal if an event is refused with a code
// that it was not refused with before. Only the events that the amended ones can reach are folded to find that out. Pure.
import { canonicalJson } from '../json/canonical-json.js';
import type { Json } from '../json/json.js';
import type { AnyAggregate, RelatedState } from './aggregate.js';
import type { AmendedEvents } from './amended-events.js';
import { findCommandName } from './decide-amendment.js';
import type { RecordedEvent } from './message.js';
import { Refusal } from './refusal.js';
import { iterateRevisions, listRevisions, type StreamIndex } from './stream-index.js';
import { getStatePartAccess, pickTypeAndData } from './stream-state.js';

/** The stream without the amendments and with them. The index is that of the stream with them. */
type AmendedHistory = {
  readonly before: AmendedEvents;
  readonly after: AmendedEvents;
  readonly index: StreamIndex;
  /** Of the last event of the stream with the amendments. */
  readonly revision: number;
};

/** The first refusals are mostly found among the first events: so many are decided on at first, and then ever more. */
const FIRST_CHECKS = 8;

export class AmendmentCheck {
  constructor(
    private readonly aggregate: AnyAggregate,
    private readonly history: AmendedHistory,
    private readonly relatedState: RelatedState,
  ) {}

  /** The first refusal that the changes cause. `changed`: the revisions whose effective form is another one, or new. */
  findNewRefusal(changed: ReadonlySet<number>): Refusal | undefined {
    const candidates = [...new Set([...changed, ...this.#listReached(changed)])].sort((a, b) => a - b);
    for (let from = 0, size = FIRST_CHECKS; from < candidates.length; from += size, size *= 4) {
      const refusal = this.#checkCandidates(candidates.slice(from, from + size));
      if (refusal) return refusal;
    }
    return undefined;
  }

  /** The events that read a part of the state which is another one than before when it is their turn. */
  #listReached(changed: ReadonlySet<number>): readonly number[] {
    const { index, revision } = this.history;
    const parts = new Set([...changed].flatMap((each) => this.#listParts(each, 'sets')));
    const reached: number[] = [];
    const differsSince = new Map<string, number>();
    const collect = (part: string, until: number): void => {
      const since = differsSince.get(part);
      if (since === undefined) return;
      for (const revisions of [index.readers, index.setters])
        for (const each of iterateRevisions(revisions, part, since, until)) reached.push(each);
      differsSince.delete(part);
    };
    this.#foldSetters(parts, (each, before, after) => {
      for (const part of this.#listParts(each, 'sets')) {
        if (!parts.has(part)) continue;
        const isSame = this.#isSamePart(part, before, after);
        if (isSame) collect(part, each);
        else if (!differsSince.has(part)) differsSince.set(part, each);
      }
    });
    for (const part of [...differsSince.keys()]) collect(part, revision);
    return reached;
  }

  /** Decides each candidate on the history before and after. */
  #checkCandidates(candidates: readonly number[]): Refusal | undefined {
    const waiting = new Set(candidates);
    const parts = new Set(candidates.flatMap((each) => this.#listParts(each, 'reads')));
    let found: Refusal | undefined;
    this.#foldSetters(
      parts,
      () => undefined,
      (revision, before, after) => {
        if (waiting.has(revision)) found ??= this.#decide(revision, before, after);
      },
      candidates,
    );
    return found;
  }

  /** The refusal of an event on the state after, unless the event is refused with the same code on the state before. */
  #decide(revision: number, before: unknown, after: unknown): Refusal | undefined {
    const refusal = this.#findRefusal(this.history.after.getFact(revision), after);
    if (!refusal) return undefined;
    const earlier = this.#findRefusal(this.history.before.getFact(revision), before);
    return earlier?.code === refusal.code ? undefined : refusal;
  }

  #findRefusal(fact: RecordedEvent | undefined, state: unknown): Refusal | undefined {
    if (!fact) return undefined;
    const name = findCommandName(this.aggregate, fact.type) ?? '';
    const decision = this.aggregate.decider.decide({ name, data: fact.data }, state, this.relatedState);
    return decision instanceof Refusal ? decision : undefined;
  }

  /**
   * Folds the events that set these parts, in both histories, in record order. `visit` gets the states after each of them,
   * `preview` those before each of them and before each of `others`.
   */
  #foldSetters(
    parts: ReadonlySet<string>,
    visit: (revision: number, before: unknown, after: unknown) => void,
    preview: (revision: number, before: unknown, after: unknown) => void = () => undefined,
    others: readonly number[] = [],
  ): void {
    const { decider } = this.aggregate;
    const { index, before, after } = this.history;
    const setters = new Set([...parts].flatMap((part) => [...listRevisions(index.setters, part)]));
    let states: readonly [unknown, unknown] = [decider.initialState, decider.initialState];
    for (const revision of [...new Set([...setters, ...others])].sort((a, b) => a - b)) {
      preview(revision, ...states);
      if (!setters.has(revision)) continue;
      const evolve = (state: unknown, fact: RecordedEvent | undefined): unknown =>
        fact ? decider.evolve(state, pickTypeAndData(fact), revision) : state;
      states = [evolve(states[0], before.getFact(revision)), evolve(states[1], after.getFact(revision))];
      visit(revision, ...states);
    }
  }

  #listParts(revision: number, kind: 'sets' | 'reads'): readonly string[] {
    return [this.history.before, this.history.after].flatMap((history) => {
      const fact = history.getFact(revision);
      return fact ? getStatePartAccess(this.aggregate, fact, revision)[kind] : [];
    });
  }

  #isSamePart(part: string, before: unknown, after: unknown): boolean {
    const { parts: division } = this.aggregate.decider;
    const [old, now] = [before, after].map((state) =>
      division ? division.getPart(state, part) : state,
    ) as readonly (Json | undefined)[];
    if (old === now) return true;
    return old !== undefined && now !== undefined && canonicalJson(old) === canonicalJson(now);
  }
}
