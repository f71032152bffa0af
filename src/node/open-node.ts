// Opens and closes the parts of one node in one order. No HTTP and no framework.
import { AuditJobs } from '../audit/audit-jobs.js';
import { ApiKeys } from '../auth/api-keys.js';
import { KurrentDbKeyStore } from '../auth/kurrentdb-key-store.js';
import { SqliteKeyStore } from '../auth/sqlite-key-store.js';
import { CommandHandler } from '../commands/command-handler.js';
import { aggregates } from '../domain/aggregates.js';
import { upcasters } from '../domain/upcasters.js';
import { Checkpoints } from '../ledger/checkpoints/checkpoints.js';
import { DataDirectory } from '../ledger/data-directory.js';
import { KurrentDbSequencer } from '../ledger/kurrentdb/kurrentdb-sequencer.js';
import { ClusterUnchangedRequests } from '../ledger/kurrentdb/replication/cluster-unchanged-requests.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Sequencer } from '../ledger/sequencer.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import { SqliteSequencer } from '../ledger/sqlite/sqlite-sequencer.js';
import { SqliteUnchangedRequests } from '../ledger/sqlite/sqlite-unchanged-requests.js';
import type { UnchangedRequests } from '../ledger/unchanged-requests.js';
import { ReadModels } from '../read-models/read-models.js';
import { openCheckpointProvider } from './open-checkpoint-provider.js';
import type { OpenNodeOptions } from './open-node-options.js';

/** The module that the worker threads of read models and audits load. */
const PROJECTIONS_MODULE = new URL('../../projections/index.js', import.meta.url);

const indexedFields = aggregates.flatMap((aggregate) =>
  Object.entries(aggregate.indexedFields ?? {}).map(([field, event]) => ({ event, field })),
);

/** The parts of an opened node. Only app.module and server/ receive it whole. */
export type OpenedNode = {
  readonly directory: DataDirectory;
  readonly sequencer: Sequencer;
  readonly ledger: Ledger;
  readonly readModels: ReadModels;
  readonly checkpoints: Checkpoints;
  readonly auditJobs: AuditJobs;
  readonly commandHandler: CommandHandler;
  readonly apiKeys: ApiKeys;
  /** Finishes accepted appends, then unlocks the data directory. May be called more than once. */
  readonly close: () => Promise<void>;
};

/** What to close, in the reverse order of opening. */
class OpenParts {
  readonly #closers: (() => void | Promise<void>)[] = [];

  add(close: () => void | Promise<void>): void {
    this.#closers.unshift(close);
  }

  /** Closes every part, also if one of them fails; then rejects with the first failure. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.splice(0))
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    if (failures.length > 0) throw failures[0];
  }
}

/** Rejects with DataDirectoryError, LedgerUnusableError, CheckpointConflictError or ApiKeyError and a sentence. */
export async function openNode(options: OpenNodeOptions): Promise<OpenedNode> {
  const parts = new OpenParts();
  try {
    return await openParts(options, parts);
  } catch (error) {
    await parts.close().catch(() => undefined); // the first failure is the one to report
    throw error;
  }
}

async function openParts(options: OpenNodeOptions, parts: OpenParts): Promise<OpenedNode> {
  const directory = DataDirectory.lock(options.dataDirectory);
  parts.add(() => directory.unlock());
  const sequencer = await openSequencer(directory, options);
  parts.add(() => sequencer.close());
  const ledger = new SqliteLedger(directory.ledgerFile);
  parts.add(() => ledger.close());
  const source = await openCheckpointProvider(options, directory, ledger, sequencer);
  const checkpoints = new Checkpoints(ledger, source, sequencer.heads);
  parts.add(() => checkpoints.close());
  const readModels = await startReadModels(directory, ledger, options);
  parts.add(() => readModels.close());
  const auditJobs = createAuditJobs(directory, readModels, checkpoints);
  parts.add(() => auditJobs.close());
  const findFault = (): string | undefined => checkpoints.fault;
  const apiKeys = openApiKeys(directory, options);
  parts.add(() => apiKeys.close());
  const unchangedRequests = openUnchangedRequests(directory, options);
  parts.add(() => unchangedRequests.close());
  const commandHandler = new CommandHandler({
    ledger,
    sequencer,
    unchangedRequests,
    aggregates,
    upcasters,
    findFault,
  });
  sequencer.heads.subscribe((head) => readModels.notify(head));
  readModels.notify(ledger.getHead().entry); // other nodes may have recorded entries while this one was opened
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    // The sequencer first: accepted appends are to be in the last checkpoint and in the read models.
    (closing ??= sequencer.close().finally(() => parts.close()));
  return { directory, sequencer, ledger, readModels, checkpoints, auditJobs, commandHandler, apiKeys, close };
}

const openSequencer = (
  { ledgerFile: file }: DataDirectory,
  { cluster, onFatal, warn }: OpenNodeOptions,
): Promise<Sequencer> =>
  cluster
    ? KurrentDbSequencer.open({ file, cluster, indexedFields, onFatal, warn })
    : SqliteSequencer.open(file, onFatal, indexedFields);

/** An empty ledger has nothing to project: its read models are awaited, so that the first GET is answered at once. */
async function startReadModels(
  { readModelsDirectory, ledgerFile }: DataDirectory,
  ledger: Ledger,
  { warn }: OpenNodeOptions,
): Promise<ReadModels> {
  const readModels = await ReadModels.start({
    directory: readModelsDirectory,
    ledgerFile,
    declarations: PROJECTIONS_MODULE,
    warn,
  });
  const head = ledger.getHead().entry;
  readModels.notify(head);
  if (head === 0) {
    const building = readModels.statuses().filter(({ status }) => status === 'building');
    await Promise.allSettled(building.map(({ name }) => readModels.rebuild(name).finished));
  }
  return readModels;
}

const createAuditJobs = (
  { ledgerFile, auditScratchDirectory }: DataDirectory,
  readModels: ReadModels,
  checkpoints: Checkpoints,
): AuditJobs =>
  new AuditJobs({
    ledgerFile,
    scratch: auditScratchDirectory,
    declarations: PROJECTIONS_MODULE,
    readModels,
    getLatestCheckpoint: () => checkpoints.latest,
  });

const openApiKeys = (
  { keysFile: file }: DataDirectory,
  { cluster, keysTrustMs, warn }: OpenNodeOptions,
): ApiKeys =>
  new ApiKeys(
    cluster ? new KurrentDbKeyStore({ cluster, file, warn }) : new SqliteKeyStore(file),
    keysTrustMs,
  );

/** In the file of the API keys: what is kept beside the ledger is copied and lost together. */
const openUnchangedRequests = (
  { keysFile: file }: DataDirectory,
  { cluster, warn }: OpenNodeOptions,
): UnchangedRequests =>
  cluster ? new ClusterUnchangedRequests({ cluster, file, warn }) : new SqliteUnchangedRequests(file);
