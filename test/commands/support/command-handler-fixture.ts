// A command handler on a real ledger, with a sequencer that the test holds in its hand.
import { join } from 'node:path';
import { Admission } from '../../../src/commands/command-validation.js';
import { nouns } from '../../../src/domain/aggregates.js';
import type { JsonObject } from '../../../src/eventsourcing/message.js';
import { CommandHandler, type CommandRequest, type Outcome } from '../../../src/commands/command-handler.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { folder } from '../../ledger/support/temporary-directory.js';
import { HeldSequencer } from '../../ledger/support/manual-sequencer.js';
import { whole } from '../../ledger/support/ledger-integrity.js';

export type How = Partial<Pick<CommandRequest, 'actor' | 'idempotencyKey' | 'ifRevision' | 'recordedAt'>>;
export type Said = readonly [command: string, data: JsonObject];

export class Office {
  readonly #file = join(folder(), 'ledger.db');
  readonly sequencer = new HeldSequencer(this.#file);
  readonly ledger = new SqliteLedger(this.#file);
  #handler = this.#newHandler();
  #admission = this.#newAdmission();

  /** Hands commands of one stream in, which are decided before this returns. */
  hand(said: readonly Said[], how: How = {}): Promise<Outcome> {
    const admitted = this.#admission.admitGroup(said.map(([command, data]) => ({ command, data })));
    if (!('commands' in admitted)) return Promise.resolve(admitted);
    return this.#handler.handle({ ...admitted, actor: 'clerk', correlationId: 'c1', ...how });
  }

  say(command: string, data: JsonObject, how: How = {}): Promise<Outcome> {
    return this.hand([[command, data]], how);
  }

  /** Hands commands in and lets the sequencer take what comes of them. */
  async record(...said: readonly Said[]): Promise<void> {
    this.sequencer.flowing = true;
    for (const each of said) expect(await this.hand([each])).toMatchObject({ replayed: false });
    this.sequencer.flowing = false;
    this.sequencer.came.length = 0;
  }

  /** Forgets all that is not in the ledger. */
  restart(): void {
    this.#handler = this.#newHandler();
    this.#admission = this.#newAdmission();
  }

  /** The facts of the book in a few words. */
  facts(): readonly string[] {
    return whole(this.ledger).map(({ stream, revision, type }) => `${stream}@${revision} ${type}`);
  }

  async close(): Promise<void> {
    whole(this.ledger);
    this.ledger.close();
    await this.sequencer.close();
  }

  #newHandler(): CommandHandler {
    return new CommandHandler(this.ledger, this.sequencer, {}, nouns);
  }

  #newAdmission(): Admission {
    return new Admission(nouns, (name) => this.#handler.streams.factNamed(name));
  }
}

/** Whether a promise is settled once everything that could settle it by itself has run. */
export async function settles(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  return settled;
}

export const organization = (id: string, name = id): Said => [
  'register-organization',
  { organization: id, name, classification: 'state' },
];
export const renaming = (id: string, name: string): Said => [
  'rename-organization',
  { organization: id, name, effective: '2002-10-07' },
];
export const joining = (member: string, effective: string): Said => [
  'admit-member',
  { organization: 'csto', member, effective },
];
