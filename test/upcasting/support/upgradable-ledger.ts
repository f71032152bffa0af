// One book, taken over by one release after the other.
import { join } from 'node:path';
import type { JsonObject, Metadata } from '../../../src/eventsourcing/message.js';
import { CommandHandler, type Outcome } from '../../../src/commands/command-handler.js';
import { type Entry, recorded } from '../../../src/ledger/entry.js';
import { reading, readStream } from '../../../src/ledger/event-reader.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { ReadModels } from '../../../src/read-models/read-models.js';
import { folder } from '../../ledger/support/temporary-directory.js';
import { HeldSequencer } from '../../ledger/support/manual-sequencer.js';
import { whole } from '../../ledger/support/ledger-integrity.js';
import { type Release, releases } from './motions.js';

export class Secretariat {
  readonly #folder = folder();
  readonly #file = join(this.#folder, 'ledger.db');
  readonly #sequencer = new HeldSequencer(this.#file);
  readonly ledger = new SqliteLedger(this.#file);
  readonly #models: ReadModels[] = [];
  #release: Release = releases[0];
  #handler = this.#handlerOf(this.#release);

  constructor() {
    this.#sequencer.flowing = true;
  }

  /** Nothing is known any more but what the ledger says. */
  run(release: 1 | 2 | 3): Release {
    this.#release = releases[release - 1] as Release;
    this.#handler = this.#handlerOf(this.#release);
    return this.#release;
  }

  say(motion: string, ...commands: readonly (readonly [name: string, data: JsonObject])[]): Promise<Outcome> {
    return this.#handler.handle({
      stream: `motion-${motion}`,
      noun: this.#release.noun,
      commands: commands.map(([name, data]) => ({ name, data })),
      pointers: commands.map(() => ''),
      references: [],
      actor: 'clerk',
      correlationId: 'c1',
    });
  }

  /** Records something. Returns the stored entries. */
  async record(motion: string, ...commands: Parameters<Secretariat['say']>[1][]): Promise<readonly Entry[]> {
    const outcome = await this.say(motion, ...commands);
    if (!('events' in outcome)) throw new Error(JSON.stringify(outcome));
    return outcome.events.map(({ entry }) => this.ledger.byEntry(entry) as Entry);
  }

  /** The facts of a motion as the release that runs reads them. */
  facts(motion: string) {
    return readStream(this.ledger.stream(`motion-${motion}`), reading(this.#release.upcasters));
  }

  /** Read models of the third release, or as `module` has them, folded from entry 1. */
  async folded(module = 'motions.js', directory = 'read-models'): Promise<ReadModels> {
    const models = await ReadModels.start({
      directory: join(this.#folder, directory),
      ledgerFile: this.#file,
      declarations: new URL(`./${module}`, import.meta.url),
    });
    this.#models.push(models);
    for (const { name, status } of models.statuses())
      if (status === 'building') await models.rebuild(name).finished;
    return models;
  }

  async close(): Promise<void> {
    whole(this.ledger);
    for (const models of this.#models) await models.close();
    this.ledger.close();
    await this.#sequencer.close();
  }

  #handlerOf({ upcasters, noun }: Release): CommandHandler {
    return new CommandHandler(this.ledger, this.#sequencer, upcasters, [noun]);
  }
}

/** Of a stored entry. */
export const versionIn = (entry: Entry | undefined): Metadata['version'] =>
  entry && recorded(entry).metadata.version;
