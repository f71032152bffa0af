import { Subject } from 'rxjs';
import type { Entry } from '../../../src/ledger/entry.js';
import { type Append, type AppendOutcome, Sequencer, Unavailable } from '../../../src/ledger/sequencer.js';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';

type Held = {
  readonly append: Append;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (reason: Unavailable) => void;
};

/** Takes appends into a real ledger, but only when it is told to, and fails as it is told to. */
export class HeldSequencer extends Sequencer {
  readonly isShared = false;
  readonly condition = 'live';
  readonly capacity = Infinity;
  readonly heads = new Subject<number>();
  /** Every append that ever came. */
  readonly came: Append[] = [];
  /** What becomes of an append instead of being taken. */
  instead: (append: Append) => AppendOutcome | Unavailable | undefined = () => undefined;
  /** Whether appends are taken as soon as they come. */
  flowing = false;
  #held: Held[] = [];
  readonly #writer: LedgerWriter;

  constructor(file: string) {
    super();
    this.#writer = new LedgerWriter(file);
  }

  get waiting(): number {
    return this.#held.length;
  }

  append(append: Append): Promise<AppendOutcome> {
    this.came.push(append);
    return new Promise((resolve, reject) => {
      this.#held.push({ append, resolve, reject });
      if (this.flowing) setImmediate(() => this.take());
    });
  }

  /** Commits all that is held in one transaction. */
  take(): void {
    const held = this.#held.splice(0);
    const fates = held.map(({ append }) => this.instead(append));
    const outcomes = this.#writer.commit(
      held.filter((_, index) => !fates[index]).map(({ append }) => append),
    );
    for (const [index, { resolve, reject }] of held.entries()) {
      const fate = fates[index] ?? outcomes.shift();
      if (fate instanceof Unavailable) reject(fate);
      else if (fate) resolve(fate);
    }
  }

  /** Another node records something. */
  elsewhere(append: Append): void {
    this.#writer.commit([append]);
  }

  async takeOver(pages: AsyncIterable<readonly Entry[]>, root: string | null): Promise<number> {
    this.#writer.beginTakeOver();
    for await (const page of pages) this.#writer.takeOver(page);
    this.#writer.commitTakeOver(root);
    return this.#writer.head;
  }

  close(): Promise<void> {
    this.#writer.close();
    return Promise.resolve();
  }
}
