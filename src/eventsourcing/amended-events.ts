// Single events of a stream with the effect of their amendments. Only an event and its own amendments are read.
import { type AmendedEvent, applyAmendments, type Fact, isAmendment } from './amendments.js';
import type { RecordedEvent } from './message.js';
import { listWithAmendments, type StreamIndex } from './stream-index.js';

/** The events of one stream, read one at a time. */
export interface StreamEvents {
  /** Undefined if the stream does not reach that far. */
  get(revision: number): RecordedEvent | undefined;
  /** The revision that an event id or `<stream>@<revision>` names; undefined if it names no event of this stream. */
  findRevision(name: string): number | undefined;
}

export class AmendedEvents {
  readonly #facts = new Map<number, Fact | undefined>();

  /** As of the revision `until`: later amendments have no effect. */
  constructor(
    private readonly index: StreamIndex,
    private readonly events: StreamEvents,
    private readonly until: number,
  ) {}

  /** An event and its amendments, each with the effect of those after it, in record order; empty if there is none. */
  readWithAmendments(revision: number): readonly AmendedEvent[] {
    const revisions = listWithAmendments(this.index, revision).filter((each) => each <= this.until);
    return applyAmendments(revisions.flatMap((each) => this.events.get(each) ?? []));
  }

  /** An event that is no amendment, in its effective form; undefined if it was retracted or there is none. */
  getFact(revision: number): Fact | undefined {
    if (this.#facts.has(revision)) return this.#facts.get(revision);
    const [amended] = this.readWithAmendments(revision);
    const fact = !amended || amended.retractedBy || isAmendment(amended.fact) ? undefined : amended.fact;
    this.#facts.set(revision, fact);
    return fact;
  }
}
