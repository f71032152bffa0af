// The state of the ledger that a request is about, and waiting until this node has it.
import { Injectable } from '@nestjs/common';
import { getHeader, type Request } from '../../http/request.js';
import { Ledger } from '../../ledger/ledger.js';
import { Sequencer } from '../../ledger/sequencer.js';
import { waitFor } from '../../ledger/wait-for.js';
import { ProblemError } from '../../problems/problem-error.js';
import { ReadModels } from '../../read-models/read-models.js';
import { type AsOf, readNonNegativeInteger } from './query-parameters.js';
import { RETRY_SOON_SECONDS } from '../../http/timeouts.js';
import { ENTRY_TIMEOUT_MS } from './timeouts.js';

/** The header Ledger-Entry: no answer may be from a state before this entry. */
export const parseMinimumEntryHeader = (request: Request): number =>
  readNonNegativeInteger(getHeader(request, 'ledger-entry'), 'Ledger-Entry') ?? 0;

/** Resolves as-of parameters to entries, and waits for entries. */
@Injectable()
export class AsOfResolver {
  constructor(
    private readonly ledger: Ledger,
    private readonly sequencer: Sequencer,
    private readonly readModels: ReadModels,
  ) {}

  /** The entry that an as-of parameter names; undefined if it was left out. */
  resolve(asOf: AsOf): number | undefined {
    return asOf && ('entry' in asOf ? asOf.entry : this.ledger.findEntryNumberByTime(asOf.instant));
  }

  /**
   * Resolves when the ledger of this node has the entry. Rejects with ProblemError if there is no such entry, or, in a
   * cluster, if it does not arrive in time: another node may have recorded it. `parameter` is what named it.
   */
  async waitForRecordedEntry(entry: number, parameter = 'asOf'): Promise<void> {
    const head = this.ledger.getHead().entry;
    if (entry <= head) return;
    if (!this.sequencer.isShared)
      throw new ProblemError(
        'not-yet',
        `The book has ${head} entries, ${parameter} asks for entry ${entry}.`,
      );
    await this.waitForLedger(entry);
  }

  /** Resolves when the ledger of this node has the entry. Rejects with ProblemError if it does not get it in time. */
  async waitForLedger(entry: number): Promise<void> {
    if (this.ledger.getHead().entry >= entry) return;
    await waitFor(this.sequencer.heads, (head) => head >= entry, ENTRY_TIMEOUT_MS);
    const head = this.ledger.getHead().entry;
    if (head < entry) throw createBehindProblem('The ledger', head, entry);
  }

  /** Resolves when these read models have the entry. Rejects with ProblemError or ReadModelNotReadyError if they do not get it. */
  async waitForReadModels(names: readonly string[], entry: number): Promise<void> {
    const { readModels } = this;
    const findLate = () => names.filter((name) => readModels.position(name) < entry);
    if (findLate().length === 0) return;
    await readModels.waitForEntry(entry, { timeoutMs: ENTRY_TIMEOUT_MS, names: findLate() });
    const [late] = findLate();
    if (late !== undefined) throw createBehindProblem(`"${late}"`, readModels.position(late), entry);
  }
}

const createBehindProblem = (what: string, position: number, entry: number): ProblemError =>
  new ProblemError(
    'not-caught-up',
    `${what} has entry ${position}, entry ${entry} was asked for.`,
    {},
    RETRY_SOON_SECONDS,
  );
