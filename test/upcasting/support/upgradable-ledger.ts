// One ledger, opened by one release after the other.
import { join } from 'node:path';
import { canonicalJson } from '../../../src/json/canonical-json.js';
import type { EventMetadata } from '../../../src/eventsourcing/message.js';
import { FieldErrorList } from '../../../src/eventsourcing/refusal.js';
import type { JsonObject } from '../../../src/json/json.js';
import type { CommandOutcome } from '../../../src/commands/command-outcome.js';
import { CommandRecorder } from '../../../src/commands/command-recorder.js';
import { type Entry, toRecordedEvent } from '../../../src/ledger/entry.js';
import { createEntryUpcaster, upcastEntries } from '../../../src/ledger/entry-upcasting.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { SqliteNoOpRequests } from '../../../src/ledger/sqlite/sqlite-no-op-requests.js';
import { ReadModels } from '../../../src/read-models/read-models.js';
import { createTemporaryDirectory } from '../../ledger/support/temporary-directory.js';
import { ManualSequencer } from '../../ledger/support/manual-sequencer.js';
import { assertLedgerIntegrity } from '../../ledger/support/ledger-integrity.js';
import { type Release, releases } from './sample-aggregate.js';

export class UpgradableLedger {
  readonly #folder = createTemporaryDirectory();
  readonly #file = join(this.#folder, 'ledger.db');
  readonly #sequencer = new ManualSequencer(this.#file);
  readonly ledger = new SqliteLedger(this.#file);
  readonly #models: ReadModels[] = [];
  #release: Release = releases[0];
  #handler = this.#createHandler(this.#release);

  constructor() {
    this.#sequencer.isAutomatic = true;
  }

  /** Restarts with another release; only the ledger is kept. */
  runRelease(release: 1 | 2 | 3): Release {
    this.#release = releases[release - 1] as Release;
    this.#handler = this.#createHandler(this.#release);
    return this.#release;
  }

  handle(
    motion: string,
    ...commands: readonly (readonly [name: string, data: JsonObject])[]
  ): Promise<CommandOutcome> {
    return this.#handler.record({
      stream: `motion-${motion}`,
      aggregate: this.#release.noun,
      commands: commands.map(([name, data]) => ({ name, data })),
      pointers: commands.map(() => ''),
      references: [],
      actor: 'clerk',
      correlationId: 'c1',
    });
  }

  /** Appends an event of a type that no release knows to the stream of a motion with one event. */
  async appendUnknownEvent(motion: string): Promise<void> {
    const metadata = { actor: 'clerk', command: 'amend-motion', correlationId: 'c1', salt: '00' };
    await this.#sequencer.append({
      stream: `motion-${motion}`,
      expectedRevision: 0,
      events: [
        {
          id: '00000000-0000-4000-8000-000000000001',
          type: 'MotionAmended',
          data: canonicalJson({ motion }),
          metadata: canonicalJson(metadata),
          requestKey: null,
        },
      ],
      requires: [],
    });
  }

  /** Records commands. Returns the stored entries. */
  async record(
    motion: string,
    ...commands: Parameters<UpgradableLedger['handle']>[1][]
  ): Promise<readonly Entry[]> {
    const outcome = await this.handle(motion, ...commands);
    if (!('events' in outcome)) throw new Error(JSON.stringify(outcome));
    return outcome.events.map(({ entry }) => this.ledger.findByNumber(entry) as Entry);
  }

  /** The events of a motion as the running release reads them. */
  readFacts(motion: string) {
    return upcastEntries(
      this.ledger.readStream(`motion-${motion}`),
      createEntryUpcaster(this.#release.upcasters),
    );
  }

  /** Read models of the third release, or of `module`, projected from entry 1. */
  async startReadModels(module = 'sample-aggregate.js', directory = 'read-models'): Promise<ReadModels> {
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
    assertLedgerIntegrity(this.ledger);
    for (const models of this.#models) await models.close();
    this.ledger.close();
    await this.#sequencer.close();
  }

  #createHandler({ upcasters, noun: aggregate }: Release): CommandRecorder {
    const noOpRequests = new SqliteNoOpRequests(':memory:');
    const acceptChange = () => ({ errors: new FieldErrorList(), references: [] });
    return new CommandRecorder(this.ledger, this.#sequencer, noOpRequests, upcasters, acceptChange, [
      aggregate,
    ]);
  }
}

/** Returns the shape version of a stored entry. */
export const getStoredVersion = (entry: Entry | undefined): EventMetadata['version'] =>
  entry && toRecordedEvent(entry).metadata.version;
