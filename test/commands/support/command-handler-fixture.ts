// A command handler on a real ledger, with a sequencer that the test holds in its hand.
import { join } from 'node:path';
import { CommandValidator } from '../../../src/commands/command-validation.js';
import { aggregates } from '../../../src/domain/aggregates.js';
import type { JsonObject } from '../../../src/json/json.js';
import {
  CommandHandler,
  type CommandRequest,
  type CommandOutcome,
} from '../../../src/commands/command-handler.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { createTemporaryDirectory } from '../../ledger/support/temporary-directory.js';
import { ManualSequencer } from '../../ledger/support/manual-sequencer.js';
import { assertLedgerIntegrity } from '../../ledger/support/ledger-integrity.js';

export type CommandOptions = Partial<
  Pick<CommandRequest, 'actor' | 'idempotencyKey' | 'ifRevision' | 'recordedAt'>
>;
export type CommandInput = readonly [command: string, data: JsonObject];

export class CommandHandlerFixture {
  readonly #file = join(createTemporaryDirectory(), 'ledger.db');
  readonly sequencer = new ManualSequencer(this.#file);
  readonly ledger = new SqliteLedger(this.#file);
  #handler = this.#createHandler();
  #validator = this.#createValidator();

  /** Hands commands of one stream in, which are decided before this returns. */
  sendGroup(said: readonly CommandInput[], how: CommandOptions = {}): Promise<CommandOutcome> {
    const admitted = this.#validator.validateGroup(said.map(([command, data]) => ({ command, data })));
    if (!('commands' in admitted)) return Promise.resolve(admitted);
    return this.#handler.handle({ ...admitted, actor: 'clerk', correlationId: 'c1', ...how });
  }

  send(command: string, data: JsonObject, how: CommandOptions = {}): Promise<CommandOutcome> {
    return this.sendGroup([[command, data]], how);
  }

  /** Hands commands in and lets the sequencer take what comes of them. */
  async recordAll(...said: readonly CommandInput[]): Promise<void> {
    this.sequencer.isAutomatic = true;
    for (const each of said) expect(await this.sendGroup([each])).toMatchObject({ replayed: false });
    this.sequencer.isAutomatic = false;
    this.sequencer.receivedAppends.length = 0;
  }

  /** Forgets all that is not in the ledger. */
  restart(): void {
    this.#handler = this.#createHandler();
    this.#validator = this.#createValidator();
  }

  /** The facts of the book in a few words. */
  listEvents(): readonly string[] {
    return assertLedgerIntegrity(this.ledger).map(
      ({ stream, revision, type }) => `${stream}@${revision} ${type}`,
    );
  }

  async close(): Promise<void> {
    assertLedgerIntegrity(this.ledger);
    this.ledger.close();
    await this.sequencer.close();
  }

  #createHandler(): CommandHandler {
    return new CommandHandler(this.ledger, this.sequencer, {}, aggregates);
  }

  #createValidator(): CommandValidator {
    return new CommandValidator(aggregates, (name) => this.#handler.streamStates.findFact(name));
  }
}

/** Whether a promise is settled once everything that could settle it by itself has run. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  return settled;
}

export const registerOrganization = (id: string, name = id): CommandInput => [
  'register-organization',
  { organization: id, name, classification: 'state' },
];
export const renameOrganization = (id: string, name: string): CommandInput => [
  'rename-organization',
  { organization: id, name, effective: '2002-10-07' },
];
export const admitMember = (member: string, effective: string): CommandInput => [
  'admit-member',
  { organization: 'csto', member, effective },
];
