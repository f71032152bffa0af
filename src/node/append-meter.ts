import { Subject } from 'rxjs';
import type { Append, AppendOutcome, Sequencer } from '../ledger/sequencer.js';

type MeasuredAppend = { readonly events: number; readonly outcome: string; readonly durationMs: number };

/** Passes appends on to the sequencer, and tells how long each took until its outcome was known. */
export class AppendMeter implements Pick<Sequencer, 'append'> {
  readonly #measured = new Subject<MeasuredAppend>();
  readonly measured = this.#measured.asObservable();

  constructor(private readonly sequencer: Pick<Sequencer, 'append'>) {}

  append(append: Append): Promise<AppendOutcome> {
    if (!this.#measured.observed) return this.sequencer.append(append);
    const startedAt = performance.now();
    const pending = this.sequencer.append(append);
    const measure = (outcome: string): void => {
      const durationMs = performance.now() - startedAt;
      this.#measured.next({ events: append.events.length, outcome, durationMs });
    };
    pending.then(
      ({ outcome }) => measure(outcome),
      () => measure('failed'),
    );
    return pending;
  }
}
