// One node of Minutebook, without HTTP: the ledger, who may write to it, and what is read from it.
import { existsSync } from 'node:fs';
import { publishedReadModels } from '../../projections/index.js';
import { aggregates } from '../domain/aggregates.js';
import { upcasters } from '../domain/upcasters.js';
import { findCommandName } from '../eventsourcing/decide-command.js';
import { CheckpointFile, createSigningKey, readSigningKey } from '../ledger/checkpoints/checkpoint-file.js';
import { Checkpoints, type CheckpointSource } from '../ledger/checkpoints/checkpoints.js';
import { LocalCheckpoints } from '../ledger/checkpoints/local-checkpoints.js';
import type { NoteSigningKey, NoteVerifierKey } from '../ledger/checkpoints/signed-note.js';
import { CommandHandler } from '../commands/command-handler.js';
import { DataDirectory } from '../ledger/data-directory.js';
import type { Entry } from '../ledger/entry.js';
import type { KurrentDbSettings } from '../ledger/kurrentdb/client/kurrentdb-connection.js';
import { KurrentDbSequencer } from '../ledger/kurrentdb/kurrentdb-sequencer.js';
import { ClusterCheckpoints } from '../ledger/kurrentdb/replication/cluster-checkpoints.js';
import type { Ledger } from '../ledger/ledger.js';
import { ImportRefusedError, type Sequencer } from '../ledger/sequencer.js';
import { LedgerUnusableError } from '../ledger/sqlite/schema.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import { SqliteSequencer } from '../ledger/sqlite/sqlite-sequencer.js';
import { AuditJobs } from '../audit/audit-jobs.js';
import { ReadModels } from '../read-models/read-models.js';

/** The module that the engine's threads load. */
export const PROJECTIONS_MODULE = new URL('../../projections/index.js', import.meta.url);

const indexedFields = aggregates.flatMap((aggregate) =>
  Object.entries(aggregate.indexedFields ?? {}).map(([field, event]) => ({ event, field })),
);

export type OpenNodeOptions = {
  readonly dataDirectory: string;
  /** The cluster that orders the facts; by default this machine does. */
  readonly cluster?: KurrentDbSettings | undefined;
  readonly checkpointKeyFile?: string | undefined;
  /** Of a cluster, for a node that does not sign. */
  readonly checkpointKey?: NoteVerifierKey | undefined;
  readonly checkpointName?: string | undefined;
  /** Called with a sentence when the process must end, because it cannot know what is on disk. */
  readonly onFatal: (sentence: string) => void;
  readonly warn: (sentence: string) => void;
};

/** Also its own injection token. */
export class OpenedNode {
  readonly publishedReadModels = publishedReadModels;
  readonly commandHandler: CommandHandler;
  #closing: Promise<void> | undefined;

  private constructor(
    readonly directory: DataDirectory,
    readonly ledger: Ledger,
    readonly sequencer: Sequencer,
    readonly readModels: ReadModels,
    readonly checkpoints: Checkpoints,
    readonly audits: AuditJobs,
  ) {
    this.commandHandler = new CommandHandler({
      ledger,
      sequencer,
      aggregates,
      upcasters,
      findFault: () => checkpoints.fault,
    });
    sequencer.heads.subscribe((head) => readModels.notify(head));
    readModels.notify(ledger.getHead().entry); // what others recorded while this node opened its book
  }

  /** Rejects with DataDirectoryUnusable, LedgerUnusable or Contradiction and a sentence. */
  static async open(options: OpenNodeOptions): Promise<OpenedNode> {
    const { dataDirectory, cluster, onFatal, warn } = options;
    const directory = DataDirectory.lock(dataDirectory);
    let sequencer: Sequencer | undefined;
    let ledger: Ledger | undefined;
    let source: CheckpointSource | undefined;
    try {
      const file = directory.ledgerFile;
      sequencer = cluster
        ? await KurrentDbSequencer.open({ file, cluster, indexedFields, onFatal, warn })
        : await SqliteSequencer.open(file, onFatal, indexedFields);
      ledger = new SqliteLedger(directory.ledgerFile);
      source = await openCheckpointSource(options, directory, ledger, sequencer);
      const readModels = await ReadModels.start({
        directory: directory.readModelsDirectory,
        ledgerFile: directory.ledgerFile,
        declarations: PROJECTIONS_MODULE,
        warn,
      });
      readModels.notify(ledger.getHead().entry);
      // A new book has nothing to fold, so whoever asks first is answered, and not told to wait.
      if (ledger.getHead().entry === 0)
        await Promise.allSettled(
          readModels
            .statuses()
            .filter(({ status }) => status === 'building')
            .map(({ name }) => readModels.rebuild(name).finished),
        );
      const checkpoints = new Checkpoints(ledger, source, sequencer.heads);
      const audits = new AuditJobs({
        ledgerFile: directory.ledgerFile,
        scratch: directory.auditScratchDirectory,
        declarations: PROJECTIONS_MODULE,
        readModels,
        getLatestCheckpoint: () => checkpoints.latest,
      });
      return new OpenedNode(directory, ledger, sequencer, readModels, checkpoints, audits);
    } catch (error) {
      await source?.close();
      ledger?.close();
      await sequencer?.close();
      directory.unlock();
      throw error;
    }
  }

  /** Makes this empty book the one of these entries: all of them or none. Rejects as Sequencer.takeOver does. */
  importEntries(pages: AsyncIterable<readonly Entry[]>, root: string | null): Promise<number> {
    return this.sequencer.importEntries(rejectUnknownEntries(pages), root);
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
async function* rejectUnknownEntries(
  pages: AsyncIterable<readonly Entry[]>,
): AsyncGenerator<readonly Entry[]> {
  const kinds = new Map(aggregates.map((aggregate) => [aggregate.category, aggregate]));
  const isKnown = ({ stream, type }: Entry): boolean => {
    const aggregate = kinds.get(stream.slice(0, stream.indexOf('-')));
    return aggregate !== undefined && findCommandName(aggregate, type) !== '';
  };
  for await (const page of pages) {
    const stranger = page.find((entry) => !isKnown(entry));
    yield stranger ? page.slice(0, page.indexOf(stranger)) : page;
    if (stranger)
      throw new ImportRefusedError(
        'invalid-export',
        `Entry ${stranger.entry} is a ${stranger.type} in ${stranger.stream}, which this release does not know: import it into the release that wrote it.`,
        stranger.entry,
      );
  }
}

async function openCheckpointSource(
  options: OpenNodeOptions,
  directory: DataDirectory,
  ledger: Ledger,
  sequencer: Sequencer,
): Promise<CheckpointSource> {
  const { cluster, checkpointKeyFile, checkpointKey: trustedKey, onFatal, warn } = options;
  if (!cluster) {
    const key = await loadSigningKey(directory, options);
    return new LocalCheckpoints(ledger, key, new CheckpointFile(directory.checkpointFile, key), onFatal);
  }
  // A node that made a key of its own would sign what no other node can.
  const key = checkpointKeyFile === undefined ? undefined : readSigningKey(checkpointKeyFile);
  const file = new CheckpointFile(directory.checkpointFile, key ?? trustedKey);
  const scratchFile = directory.logCopyFile;
  return ClusterCheckpoints.open({
    cluster,
    ledger,
    sequencer,
    key,
    trustedKey,
    file,
    scratchFile,
    onFatal,
    warn,
  });
}

/** The key in the file that was named, else the directory's own, which is made when the book is. */
async function loadSigningKey(
  { checkpointKeyFile: checkpointKey, checkpointFile }: DataDirectory,
  { checkpointKeyFile, checkpointName }: OpenNodeOptions,
): Promise<NoteSigningKey> {
  if (checkpointKeyFile !== undefined) return readSigningKey(checkpointKeyFile);
  if (existsSync(checkpointKey)) return readSigningKey(checkpointKey);
  if (existsSync(checkpointFile))
    throw new LedgerUnusableError(
      `${checkpointKey} is gone, but the book has given out a checkpoint signed with it: put the key back. If it is lost for good, move the file "checkpoint" away and start again; everybody who trusts the old key must then be told the new one.`,
    );
  return createSigningKey(checkpointKey, checkpointName);
}
