// Whether this node answers reads and records commands, and if not, why.
import type { ApiKeys } from '../auth/api-keys.js';
import { ApplicationError } from '../errors/application-error.js';
import { findClockFault } from '../ledger/recorded-time.js';
import { readFreeBytes } from '../ledger/disk-reserve.js';
import type { Ledger, LedgerHead } from '../ledger/ledger.js';
import type { Sequencer, UnavailableError } from '../ledger/sequencer.js';
import type { ReadModels } from '../read-models/read-models.js';

/** With less space than this a commit may find no room for its pages in the write-ahead log. */
const LEAST_FREE_BYTES = 64 * 1024;

type ReadinessParts = {
  readonly directory: string;
  readonly ledger: Ledger;
  readonly sequencer: Sequencer;
  readonly readModels: ReadModels;
  /** Why this node must not record anything; undefined while it may. */
  readonly findFault: () => UnavailableError | undefined;
  readonly apiKeys: Pick<ApiKeys, 'findFault'>;
  /** See Configuration. */
  readonly continuesBehindHead: boolean;
};

/** The reasons are codes of problems. One can be named although both are true: it is about to matter, or to be mended. */
type ReadinessState = {
  /** Every read model can be read, and this node has what was recorded before it was opened. */
  readonly reads: boolean;
  /** Whether commands should be sent here: as far as this node knows they would be recorded, and its API keys are not in doubt. */
  readonly commands: boolean;
  readonly reasons: readonly string[];
  /** The last entry of this node; null if the ledger cannot be read. */
  readonly entry: number | null;
};

export class Readiness {
  #isStopping = false;

  constructor(private readonly parts: ReadinessParts) {}

  /** From now on neither reads nor commands should be sent to this node; those that come are answered as before. */
  announceStop(): void {
    this.#isStopping = true;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  get state(): ReadinessState {
    const readFaults = this.#findReadFaults();
    const commandFaults = this.#findCommandFaults();
    const stopping = this.#isStopping ? ['stopping'] : [];
    const head = this.#readHead();
    return {
      reads: !this.#isStopping && readFaults.length === 0,
      commands: !this.#isStopping && commandFaults.length === 0,
      reasons: [...new Set([...stopping, ...readFaults, ...commandFaults, ...this.#findWarnings()])],
      entry: 'code' in head ? null : head.entry,
    };
  }

  /** Why the clock cannot be right; undefined if it can. */
  get clockFault(): string | undefined {
    const head = this.#readHead();
    return 'code' in head ? undefined : findClockFault(head.recordedAt ?? '', Date.now());
  }

  #findReadFaults(): readonly string[] {
    const { readModels, sequencer, findFault } = this.parts;
    const isBuilt = readModels.statuses().every(({ status }) => status === 'live');
    return [
      ...(isBuilt ? [] : ['projection-building']),
      ...(sequencer.connectionState === 'catching-up' ? ['not-caught-up'] : []),
      ...(findFault()?.code === 'diverged' ? ['diverged'] : []),
    ];
  }

  #findCommandFaults(): readonly string[] {
    const { sequencer, findFault, apiKeys, continuesBehindHead } = this.parts;
    const refusals = [findFault(), sequencer.refusal, apiKeys.findFault()].flatMap(
      (each) => each?.code ?? [],
    );
    const head = this.#readHead();
    return [
      ...('code' in head ? [head.code] : []),
      ...refusals,
      ...(!continuesBehindHead && this.clockFault !== undefined ? ['clock'] : []),
      ...(this.#isDiskFull() ? ['disk-full'] : []),
    ];
  }

  #findWarnings(): readonly string[] {
    return this.clockFault === undefined ? [] : ['clock'];
  }

  /** The head, or why it cannot be read: then nothing can be recorded after it. Read models may go on to serve. */
  #readHead(): LedgerHead | ApplicationError {
    try {
      return this.parts.ledger.getHead();
    } catch (error) {
      if (error instanceof ApplicationError) return error;
      throw error;
    }
  }

  #isDiskFull(): boolean {
    try {
      return readFreeBytes(this.parts.directory) < LEAST_FREE_BYTES;
    } catch {
      return false; // a directory that cannot be examined is found by the append that fails
    }
  }
}
