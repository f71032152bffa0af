// A command handler on a real ledger, with a sequencer whose appends a test commits explicitly.
import { join } from 'node:path';
import { aggregates } from '../../../src/domain/aggregates.js';
import { upcasters } from '../../../src/domain/upcasters.js';
import type { JsonObject } from '../../../src/json/json.js';
import { CommandHandler } from '../../../src/commands/command-handler.js';
import type { CommandOutcome } from '../../../src/commands/command-outcome.js';
import type { CommandSender } from '../../../src/commands/command-recorder.js';
import { SqliteNoOpRequests } from '../../../src/ledger/sqlite/sqlite-no-op-requests.js';
import { LedgerOverlay } from '../../../src/ledger/sqlite/ledger-overlay.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { createTemporaryDirectory } from '../../ledger/support/temporary-directory.js';
import { ManualSequencer } from '../../ledger/support/manual-sequencer.js';
import { assertLedgerIntegrity } from '../../ledger/support/ledger-integrity.js';

type CommandOptions = Partial<Omit<CommandSender, 'correlationId'>>;
type CommandInput = readonly [command: string, data: JsonObject];

export class CommandHandlerFixture {
  readonly #file = join(createTemporaryDirectory(), 'ledger.db');
  readonly sequencer = new ManualSequencer(this.#file);
  readonly ledger = new SqliteLedger(this.#file);
  readonly noOpRequests = new SqliteNoOpRequests(join(createTemporaryDirectory(), 'keys.db'));
  #handler = this.#createHandler();

  get handler(): CommandHandler {
    return this.#handler;
  }

  /** Sends a group; it is decided before this returns. */
  sendGroup(inputs: readonly CommandInput[], options: CommandOptions = {}): Promise<CommandOutcome> {
    const envelopes = inputs.map(([command, data]) => ({ command, data }));
    return this.#handler.handleGroup(envelopes, { actor: 'clerk', correlationId: 'c1', ...options });
  }

  send(command: string, data: JsonObject, options: CommandOptions = {}): Promise<CommandOutcome> {
    return this.sendGroup([[command, data]], options);
  }

  /** Sends commands one after the other and lets the sequencer append their events. */
  async recordAll(...inputs: readonly CommandInput[]): Promise<void> {
    this.sequencer.isAutomatic = true;
    for (const input of inputs) expect(await this.sendGroup([input])).toMatchObject({ replayed: false });
    this.sequencer.isAutomatic = false;
    this.sequencer.receivedAppends.length = 0;
  }

  /** Replaces the handler with one that has only the state of the ledger. */
  restart(): void {
    this.#handler = this.#createHandler();
  }

  /** Lists the events of the ledger as `stream@revision type`. */
  listEvents(): readonly string[] {
    return assertLedgerIntegrity(this.ledger).map(
      ({ stream, revision, type }) => `${stream}@${revision} ${type}`,
    );
  }

  async close(): Promise<void> {
    assertLedgerIntegrity(this.ledger);
    this.ledger.close();
    await this.noOpRequests.close();
    await this.sequencer.close();
  }

  #createHandler(): CommandHandler {
    const { ledger, sequencer } = this;
    return new CommandHandler({
      ledger,
      sequencer,
      noOpRequests: this.noOpRequests,
      aggregates,
      upcasters,
      openOverlay: () => new LedgerOverlay(this.#file),
      findFault: () => undefined,
    });
  }
}

/** Whether the promise is settled after the pending microtasks and immediates have run. */
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
