// One node of Minutebook, without HTTP: the ledger, who may write to it, and what is read from it.
import { existsSync } from 'node:fs';
import { published } from '../../projections/index.js';
import { Admission, type Admitted, type Wording } from '../commands/command-validation.js';
import { nouns } from '../domain/aggregates.js';
import { upcasters } from '../domain/upcasters.js';
import { commandFor } from '../eventsourcing/decide-command.js';
import type { Malformed, Refusal } from '../eventsourcing/refusal.js';
import { CheckpointFile, makeKey, readKey } from '../ledger/checkpoints/checkpoint-file.js';
import { Checkpoints, type CheckpointSource } from '../ledger/checkpoints/checkpoints.js';
import { OwnCheckpoints } from '../ledger/checkpoints/local-checkpoints.js';
import type { NoteKey, PublicKey } from '../ledger/checkpoints/signed-note.js';
import { CommandHandler, type CommandRequest, type Outcome } from '../commands/command-handler.js';
import { DataDirectory } from '../ledger/data-directory.js';
import type { Entry } from '../ledger/entry.js';
import type { ClusterSettings } from '../ledger/kurrentdb/client/kurrentdb-connection.js';
import { KurrentSequencer } from '../ledger/kurrentdb/kurrentdb-sequencer.js';
import { SharedCheckpoints } from '../ledger/kurrentdb/replication/cluster-checkpoints.js';
import type { Ledger } from '../ledger/ledger.js';
import { NotTakenOver, type Sequencer, Unavailable } from '../ledger/sequencer.js';
import { LedgerUnusable } from '../ledger/sqlite/schema.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import { SqliteSequencer } from '../ledger/sqlite/sqlite-sequencer.js';
import { Audits } from '../audit/audit-jobs.js';
import { ReadModels } from '../read-models/read-models.js';

/** The module that the engine's threads load. */
export const DECLARATIONS = new URL('../../projections/index.js', import.meta.url);

const lookups = nouns.flatMap((noun) =>
  Object.entries(noun.lookups ?? {}).map(([field, event]) => ({ event, field })),
);

export type BookOptions = {
  readonly dataDirectory: string;
  /** The cluster that orders the facts; by default this machine does. */
  readonly cluster?: ClusterSettings | undefined;
  readonly checkpointKeyFile?: string | undefined;
  /** Of a cluster, for a node that does not sign. */
  readonly checkpointKey?: PublicKey | undefined;
  readonly checkpointName?: string | undefined;
  /** Called with a sentence when the process must end, because it cannot know what is on disk. */
  readonly onLost: (sentence: string) => void;
  readonly warn: (sentence: string) => void;
};

/** Who sends commands, and how they are to be taken. */
export type Sender = Pick<
  CommandRequest,
  'actor' | 'correlationId' | 'idempotencyKey' | 'ifRevision' | 'recordedAt'
>;

/** Also its own injection token. */
export class Book {
  readonly published = published;
  readonly admission: Admission;
  readonly #handler: CommandHandler;
  #closing: Promise<void> | undefined;

  private constructor(
    readonly directory: DataDirectory,
    readonly ledger: Ledger,
    readonly sequencer: Sequencer,
    readonly readModels: ReadModels,
    readonly checkpoints: Checkpoints,
    readonly audits: Audits,
  ) {
    this.#handler = new CommandHandler(ledger, sequencer, upcasters, nouns);
    this.admission = new Admission(nouns, (name) => this.#handler.streams.factNamed(name));
    sequencer.heads.subscribe((head) => readModels.notify(head));
    readModels.notify(ledger.head().entry); // what others recorded while this node opened its book
  }

  /** Rejects with DataDirectoryUnusable, LedgerUnusable or Contradiction and a sentence. */
  static async open(options: BookOptions): Promise<Book> {
    const { dataDirectory, cluster, onLost, warn } = options;
    const directory = DataDirectory.lock(dataDirectory);
    let sequencer: Sequencer | undefined;
    let ledger: Ledger | undefined;
    let source: CheckpointSource | undefined;
    try {
      const file = directory.ledger;
      sequencer = cluster
        ? await KurrentSequencer.open({ file, cluster, lookups, onLost, warn })
        : await SqliteSequencer.open(file, onLost, lookups);
      ledger = new SqliteLedger(directory.ledger);
      source = await checkpointSource(options, directory, ledger, sequencer);
      const readModels = await ReadModels.start({
        directory: directory.readModels,
        ledgerFile: directory.ledger,
        declarations: DECLARATIONS,
        warn,
      });
      readModels.notify(ledger.head().entry);
      // A new book has nothing to fold, so whoever asks first is answered, and not told to wait.
      if (ledger.head().entry === 0)
        await Promise.allSettled(
          readModels
            .statuses()
            .filter(({ status }) => status === 'building')
            .map(({ name }) => readModels.rebuild(name).finished),
        );
      const checkpoints = new Checkpoints(ledger, source, sequencer.heads);
      const audits = new Audits({
        ledgerFile: directory.ledger,
        scratch: directory.scratch,
        declarations: DECLARATIONS,
        readModels,
        signed: () => checkpoints.latest,
      });
      return new Book(directory, ledger, sequencer, readModels, checkpoints, audits);
    } catch (error) {
      await source?.close();
      ledger?.close();
      await sequencer?.close();
      directory.unlock();
      throw error;
    }
  }

  /** Decides one command. Rejects with Unavailable. */
  post(wording: Wording, sender: Sender): Promise<Outcome> {
    return this.#take(this.admission.admit(wording), sender);
  }

  /** Decides several commands of one stream together. Rejects with Unavailable. */
  postGroup(wordings: readonly Wording[], sender: Sender): Promise<Outcome> {
    return this.#take(this.admission.admitGroup(wordings), sender);
  }

  /** Makes this empty book the one of these entries: all of them or none. Rejects as Sequencer.takeOver does. */
  takeOver(pages: AsyncIterable<readonly Entry[]>, root: string | null): Promise<number> {
    return this.sequencer.takeOver(allKnown(pages), root);
  }

  #take(admitted: Admitted | Malformed | Refusal, sender: Sender): Promise<Outcome> {
    const { fault } = this.checkpoints;
    if (fault !== undefined) return Promise.reject(new Unavailable('diverged', fault, 60));
    if (!('commands' in admitted)) return Promise.resolve(admitted);
    return this.#handler.handle({ ...admitted, ...sender });
  }

  /** Finishes what was taken, then lets go of the data directory. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.sequencer.close();
    await this.audits.close();
    try {
      await this.checkpoints.close(); // which reads the head, and cannot if that is damaged
    } finally {
      await this.readModels.close();
      this.ledger.close();
      this.directory.unlock();
    }
  }
}

/** What another release recorded must not be passed over in silence. Throws NotTakenOver. */
async function* allKnown(pages: AsyncIterable<readonly Entry[]>): AsyncGenerator<readonly Entry[]> {
  const kinds = new Map(nouns.map((noun) => [noun.kind, noun]));
  const isKnown = ({ stream, type }: Entry): boolean => {
    const noun = kinds.get(stream.slice(0, stream.indexOf('-')));
    return noun !== undefined && commandFor(noun, type) !== '';
  };
  for await (const page of pages) {
    const stranger = page.find((entry) => !isKnown(entry));
    yield stranger ? page.slice(0, page.indexOf(stranger)) : page;
    if (stranger)
      throw new NotTakenOver(
        'invalid-export',
        `Entry ${stranger.entry} is a ${stranger.type} in ${stranger.stream}, which this release does not know: import it into the release that wrote it.`,
        stranger.entry,
      );
  }
}

async function checkpointSource(
  options: BookOptions,
  directory: DataDirectory,
  ledger: Ledger,
  sequencer: Sequencer,
): Promise<CheckpointSource> {
  const { cluster, checkpointKeyFile, checkpointKey: trusted, onLost, warn } = options;
  if (!cluster) {
    const key = signingKey(directory, options);
    return new OwnCheckpoints(ledger, key, new CheckpointFile(directory.checkpoint, key), onLost);
  }
  // A node that made a key of its own would sign what no other node can.
  const key = checkpointKeyFile === undefined ? undefined : readKey(checkpointKeyFile);
  const file = new CheckpointFile(directory.checkpoint, key ?? trusted);
  const scratch = directory.reread;
  return SharedCheckpoints.open({
    cluster,
    ledger,
    sequencer,
    key,
    trusted,
    file,
    scratch,
    onLost,
    warn,
  });
}

/** The key in the file that was named, else the directory's own, which is made when the book is. */
function signingKey(
  { checkpointKey, checkpoint }: DataDirectory,
  { checkpointKeyFile, checkpointName }: BookOptions,
): NoteKey {
  if (checkpointKeyFile !== undefined) return readKey(checkpointKeyFile);
  if (existsSync(checkpointKey)) return readKey(checkpointKey);
  if (existsSync(checkpoint))
    throw new LedgerUnusable(
      `${checkpointKey} is gone, but the book has given out a checkpoint signed with it: put the key back. If it is lost for good, move the file "checkpoint" away and start again; everybody who trusts the old key must then be told the new one.`,
    );
  return makeKey(checkpointKey, checkpointName);
}
