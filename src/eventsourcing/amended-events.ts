// Single events of a stream with the effect of their amendments. Of the amendments of an event, only those that are effective
// are read, so that an event with many of them costs as much as one with few.
import { AMENDMENT_TYPES, type FactCorrected } from './amendments.js';
import type { AnyEvent, RecordedEvent } from './message.js';
import {
  iterateRevisionsBackwards,
  listRevisions,
  type StreamIndex,
  toAmendmentKey,
} from './stream-index.js';

/** The events of one stream, read one at a time. */
export interface StreamEvents {
  /** Undefined if the stream does not reach that far. */
  get(revision: number): RecordedEvent | undefined;
  /** The revision that an event id or `<stream>@<revision>` names; undefined if it names no event of this stream. */
  findRevision(name: string): number | undefined;
}

export class AmendedEvents {
  readonly #facts = new Map<number, RecordedEvent | undefined>();
  readonly #isRetracted = new Map<number, boolean>();

  /** As of the revision `until`: later amendments have no effect. */
  constructor(
    private readonly index: StreamIndex,
    private readonly events: StreamEvents,
    private readonly until: number,
  ) {}

  /** An event that is no amendment, in its corrected form; undefined if it was retracted or there is none. */
  getFact(revision: number): RecordedEvent | undefined {
    if (this.#facts.has(revision)) return this.#facts.get(revision);
    const event = this.isRetracted(revision) ? undefined : this.getForm(revision);
    const fact = event && AMENDMENT_TYPES.has(event.type) ? undefined : event;
    this.#facts.set(revision, fact);
    return fact;
  }

  /** An event or amendment with the data that its corrections give it, retracted or not; undefined if there is none. */
  getForm(revision: number): RecordedEvent | undefined {
    const event = revision <= this.until ? this.events.get(revision) : undefined;
    const correction = event && this.getCorrection(revision);
    return event && correction ? { ...event, data: correction.data.with } : event;
  }

  /** The correction that an event or amendment has its data from, in its own corrected form. */
  getCorrection(revision: number): RecordedEvent<FactCorrected & AnyEvent> | undefined {
    for (const each of iterateRevisionsBackwards(this.index.corrections, revision))
      if (each <= this.until && !this.isRetracted(each))
        // A correction of a correction has the data of the corrected one inside its own, so this ends.
        return this.getForm(each) as RecordedEvent<FactCorrected & AnyEvent> | undefined;
    return undefined;
  }

  /** Whether an effective retraction or dispute of an event has this fingerprint. */
  hasAmendment(target: number, digest: string, fingerprint: (amendment: AnyEvent) => string): boolean {
    return [...listRevisions(this.index.fingerprints, toAmendmentKey(target, digest))].some((each) => {
      const form = each <= this.until && !this.isRetracted(each) ? this.getForm(each) : undefined;
      return form !== undefined && fingerprint(form) === digest;
    });
  }

  /** Whether an event or amendment has a retraction that is not retracted itself. Reads no event. */
  isRetracted(revision: number): boolean {
    const found = [revision];
    // The list grows while it is read. A retraction is younger than what it retracts.
    for (const each of found)
      if (!this.#isRetracted.has(each))
        for (const retraction of listRevisions(this.index.retractions, each))
          if (retraction <= this.until) found.push(retraction);
    for (const each of found.sort((a, b) => b - a)) {
      if (this.#isRetracted.has(each)) continue;
      const retractions = [...listRevisions(this.index.retractions, each)];
      this.#isRetracted.set(
        each,
        retractions.some((retraction) => retraction <= this.until && !this.#isRetracted.get(retraction)),
      );
    }
    return this.#isRetracted.get(revision) ?? false;
  }
}
