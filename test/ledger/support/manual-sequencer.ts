import { Subject } from 'rxjs';
import type { Entry } from '../../../src/ledger/entry.js';
import {
  type Append,
  type AppendOutcome,
  Sequencer,
  UnavailableError,
} from '../../../src/ledger/sequencer.js';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';

type PendingAppend = {
  readonly append: Append;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (reason: UnavailableError) => void;
};

/** Takes appends into a real ledger, but only when it is told to, and fails as it is told to. */
export class ManualSequencer extends Sequencer {
  readonly isShared = false;
  readonly connectionState = 'live';
  readonly capacity = Infinity;
  readonly heads = new Subject<number>();
  /** Every append that ever came. */
  readonly receivedAppends: Append[] = [];
  /** What becomes of an append instead of being taken. */
  overrideOutcome: (append: Append) => AppendOutcome | UnavailableError | undefined = () => undefined;
  /** Whether appends are taken as soon as they come. */
  isAutomatic = false;
  #pending: PendingAppend[] = [];
  readonly #writer: LedgerWriter;

  constructor(file: string) {
    super();
    this.#writer = new LedgerWriter(file);
  }

  get pendingAppends(): number {
    return this.#pending.length;
  }

  append(append: Append): Promise<AppendOutcome> {
    this.receivedAppends.push(append);
    return new Promise((resolve, reject) => {
      this.#pending.push({ append, resolve, reject });
      if (this.isAutomatic) setImmediate(() => this.commitPending());
    });
  }

  /** Commits all that is held in one transaction. */
  commitPending(): void {
    const held = this.#pending.splice(0);
    const fates = held.map(({ append }) => this.overrideOutcome(append));
    const outcomes = this.#writer.commit(
      held.filter((_, index) => !fates[index]).map(({ append }) => append),
    );
    for (const [index, { resolve, reject }] of held.entries()) {
      const fate = fates[index] ?? outcomes.shift();
      if (fate instanceof UnavailableError) reject(fate);
      else if (fate) resolve(fate);
    }
  }

  /** Another node records something. */
  appendFromOtherNode(append: Append): void {
    this.#writer.commit([append]);
  }

  async importEntries(pages: AsyncIterable<readonly Entry[]>, root: string | null): Promise<number> {
    this.#writer.beginImport();
    for await (const page of pages) this.#writer.importEntries(page);
    this.#writer.commitImport(root);
    return this.#writer.head;
  }

  close(): Promise<void> {
    this.#writer.close();
    return Promise.resolve();
  }
}
