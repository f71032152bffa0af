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

/** Appends to a real ledger when the test calls `commitPending`, and fails as the test says. */
export class ManualSequencer extends Sequencer {
  readonly isShared = false;
  readonly connectionState = 'live';
  readonly refusal = undefined;
  readonly capacity = Infinity;
  readonly heads = new Subject<number>();
  /** All appends, in the order of the calls. */
  readonly receivedAppends: Append[] = [];
  /** The outcome of an append that is not committed; undefined to commit it. */
  overrideOutcome: (append: Append) => AppendOutcome | UnavailableError | undefined = () => undefined;
  /** Whether appends are committed without `commitPending`. */
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

  /** Commits all pending appends in one transaction. */
  commitPending(): void {
    const pending = this.#pending.splice(0);
    const overrides = pending.map(({ append }) => this.overrideOutcome(append));
    const outcomes = this.#writer.commit(
      pending.filter((_, index) => !overrides[index]).map(({ append }) => append),
    );
    for (const [index, { resolve, reject }] of pending.entries()) {
      const outcome = overrides[index] ?? outcomes.shift();
      if (outcome instanceof UnavailableError) reject(outcome);
      else if (outcome) resolve(outcome);
    }
  }

  /** An append of another node. */
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
