import type { AnyAggregate } from '../eventsourcing/aggregate.js';
import type { InvalidCommand, Refusal } from '../eventsourcing/refusal.js';
import type { Upcasters } from '../eventsourcing/upcasters.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Sequencer, UnavailableError } from '../ledger/sequencer.js';
import type { LedgerOverlay } from '../ledger/sqlite/ledger-overlay.js';
import { NoOpRequestsOverlay } from '../ledger/sqlite/no-op-requests-overlay.js';
import type { NoOpRequests } from '../ledger/no-op-requests.js';
import type { CommandOutcome } from './command-outcome.js';
import { CommandRecorder, type CommandSender } from './command-recorder.js';
import {
  type CommandEnvelope,
  CommandValidator,
  type RegisteredCommand,
  type ValidatedCommands,
} from './command-validation.js';

type CommandHandlerParts = {
  readonly ledger: Ledger;
  readonly sequencer: Pick<Sequencer, 'append'>;
  readonly noOpRequests: NoOpRequests;
  readonly aggregates: readonly AnyAggregate[];
  readonly upcasters: Upcasters;
  /** Opens a copy of the ledger that takes entries and keeps none. Throws LedgerUnusableError. */
  readonly openOverlay: () => LedgerOverlay;
  /** The number of events of all cached states together; by default that of a node. */
  readonly cachedEventsMax?: number;
  /** Why this node must not record anything; undefined while it may. */
  readonly findFault: () => UnavailableError | undefined;
};

/** How many events a check caches: several may be open, each with states of its own. */
const CHECK_CACHED_EVENTS_MAX = 5_000;

/** A handler whose commands are recorded nowhere. */
export type CommandDryRun = {
  readonly handler: CommandHandler;
  /** The last entry of the ledger that they are judged against. */
  readonly entry: number;
  readonly close: () => Promise<void>;
};

/** The entry point of the write side, for HTTP, NDJSON and the CLI alike: validates commands, then records them. */
export class CommandHandler {
  readonly #validator: CommandValidator;
  readonly #recorder: CommandRecorder;

  constructor(private readonly parts: CommandHandlerParts) {
    const { ledger, sequencer, noOpRequests, aggregates, upcasters, cachedEventsMax } = parts;
    const recorder = new CommandRecorder(
      ledger,
      sequencer,
      noOpRequests,
      upcasters,
      (changed, pointer) => this.#validator.validateChange(changed, pointer),
      aggregates,
      cachedEventsMax,
    );
    this.#recorder = recorder;
    this.#validator = new CommandValidator(aggregates, (name) => recorder.streamStates.findFact(name));
  }

  /** Every registered command, by name. */
  get commands(): ReadonlyMap<string, RegisteredCommand> {
    return this.#validator.commands;
  }

  /** Decides one command. Commands are decided in the order of the calls. Rejects with UnavailableError. */
  handle(envelope: CommandEnvelope, sender: CommandSender): Promise<CommandOutcome> {
    return this.#record(() => this.#validator.validate(envelope, sender), sender);
  }

  /** Decides several commands of one stream together: all are recorded or none. Rejects with UnavailableError. */
  handleGroup(envelopes: readonly CommandEnvelope[], sender: CommandSender): Promise<CommandOutcome> {
    return this.#record(() => this.#validator.validateGroup(envelopes, sender), sender);
  }

  /**
   * Opens a handler that decides as this one would, on the ledger as it is now and on the commands that it decided before,
   * and that appends to an overlay: the same code judges a command, whether it is recorded or only checked. Throws
   * LedgerUnusableError.
   */
  openDryRun(): CommandDryRun {
    const overlay = this.parts.openOverlay();
    const { ledger } = overlay;
    const noOpRequests = new NoOpRequestsOverlay(this.parts.noOpRequests);
    return {
      handler: new CommandHandler({
        ...this.parts,
        ledger,
        sequencer: overlay,
        noOpRequests,
        cachedEventsMax: CHECK_CACHED_EVENTS_MAX,
      }),
      entry: ledger.getHead().entry,
      close: async () => {
        overlay.close();
        await noOpRequests.close();
      },
    };
  }

  // Not awaited before it is recorded, or two commands could be decided in another order than that of the calls.
  #record(
    validate: () => ValidatedCommands | InvalidCommand | Refusal,
    sender: CommandSender,
  ): Promise<CommandOutcome> {
    const fault = this.parts.findFault();
    if (fault) return Promise.reject(fault);
    const validated = validate();
    if (!('commands' in validated)) return Promise.resolve(validated);
    return this.#recorder.record({ ...validated, ...sender });
  }
}
