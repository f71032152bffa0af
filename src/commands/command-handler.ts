import type { AnyAggregate } from '../eventsourcing/aggregate.js';
import type { InvalidCommand, Refusal } from '../eventsourcing/refusal.js';
import type { Upcasters } from '../eventsourcing/upcasters.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Sequencer, UnavailableError } from '../ledger/sequencer.js';
import type { UnchangedRequests } from '../ledger/unchanged-requests.js';
import type { CommandOutcome } from './command-outcome.js';
import { CommandRecorder, type CommandSender } from './command-recorder.js';
import {
  type CommandEnvelope,
  CommandValidator,
  type RegisteredCommand,
  type ValidatedCommands,
} from './command-validation.js';

/** The entry point of the write side, for HTTP, NDJSON and the CLI alike: validates commands, then records them. */
export class CommandHandler {
  readonly #validator: CommandValidator;
  readonly #recorder: CommandRecorder;
  readonly #findFault: () => UnavailableError | undefined;

  constructor(parts: {
    readonly ledger: Ledger;
    readonly sequencer: Sequencer;
    readonly unchangedRequests: UnchangedRequests;
    readonly aggregates: readonly AnyAggregate[];
    readonly upcasters: Upcasters;
    /** Why this node must not record anything; undefined while it may. */
    readonly findFault: () => UnavailableError | undefined;
  }) {
    const { ledger, sequencer, unchangedRequests, aggregates, upcasters, findFault } = parts;
    const recorder = new CommandRecorder(ledger, sequencer, unchangedRequests, upcasters, aggregates);
    this.#recorder = recorder;
    this.#validator = new CommandValidator(aggregates, (name) => recorder.streamStates.findFact(name));
    this.#findFault = findFault;
  }

  /** Every registered command, by name. */
  get commands(): ReadonlyMap<string, RegisteredCommand> {
    return this.#validator.commands;
  }

  /** Decides one command. Commands are decided in the order of the calls. Rejects with UnavailableError. */
  handle(envelope: CommandEnvelope, sender: CommandSender): Promise<CommandOutcome> {
    return this.#record(() => this.#validator.validate(envelope), sender);
  }

  /** Decides several commands of one stream together: all are recorded or none. Rejects with UnavailableError. */
  handleGroup(envelopes: readonly CommandEnvelope[], sender: CommandSender): Promise<CommandOutcome> {
    return this.#record(() => this.#validator.validateGroup(envelopes), sender);
  }

  // Not awaited before it is recorded, or two commands could be decided in another order than that of the calls.
  #record(
    validate: () => ValidatedCommands | InvalidCommand | Refusal,
    sender: CommandSender,
  ): Promise<CommandOutcome> {
    const fault = this.#findFault();
    if (fault) return Promise.reject(fault);
    const validated = validate();
    if (!('commands' in validated)) return Promise.resolve(validated);
    return this.#recorder.record({ ...validated, ...sender });
  }
}
