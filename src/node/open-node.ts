// Opens and closes the parts of one node in one order. No HTTP and no framework.
import { from } from 'rxjs';
import { AuditJobs } from '../audit/audit-jobs.js';
import { AccessTokenVerifier } from '../auth/access-token-verifier.js';
import { ApiKeys } from '../auth/api-keys.js';
import { Authenticator } from '../auth/authenticator.js';
import { KurrentDbKeyStore } from '../auth/kurrentdb-key-store.js';
import { SqliteKeyStore } from '../auth/sqlite-key-store.js';
import { CommandHandler } from '../commands/command-handler.js';
import { aggregates } from '../domain/aggregates.js';
import { upcasters } from '../domain/upcasters.js';
import { Checkpoints } from '../ledger/checkpoints/checkpoints.js';
import { DataDirectory, DataDirectoryError, keepNewFilesPrivate } from '../ledger/data-directory.js';
import { KurrentDbSequencer } from '../ledger/kurrentdb/kurrentdb-sequencer.js';
import { ClusterNoOpRequests } from '../ledger/kurrentdb/replication/cluster-no-op-requests.js';
import type { Ledger } from '../ledger/ledger.js';
import { type Sequencer, UnavailableError } from '../ledger/sequencer.js';
import { BackgroundIntegrityCheck } from '../ledger/sqlite/background-integrity-check.js';
import { LedgerOverlay } from '../ledger/sqlite/ledger-overlay.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import { SqliteSequencer } from '../ledger/sqlite/sqlite-sequencer.js';
import { SqliteNoOpRequests } from '../ledger/sqlite/sqlite-no-op-requests.js';
import { AppendMeter } from './append-meter.js';
import type { NoOpRequests } from '../ledger/no-op-requests.js';
import { waitFor } from '../ledger/wait-for.js';
import { ReadModels } from '../read-models/read-models.js';
import { openCheckpointProvider } from './open-checkpoint-provider.js';
import type { OpenNodeOptions } from './open-node-options.js';
import { Readiness } from './readiness.js';
import { FIRST_BUILD_CHECK_INTERVAL_MS } from './timeouts.js';

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
  readonly appendMeter: AppendMeter;
  readonly apiKeys: ApiKeys;
  readonly authenticator: Authenticator;
  readonly readiness: Readiness;
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
  keepNewFilesPrivate();
  const directory = DataDirectory.lock(options.dataDirectory);
  parts.add(() => directory.unlock());
  const sequencer = await openSequencer(directory, options);
  parts.add(() => sequencer.close());
  const ledger = new SqliteLedger(directory.ledgerFile);
  parts.add(() => ledger.close());
  const integrityCheck = new BackgroundIntegrityCheck(directory.ledgerFile, options.warn);
  parts.add(() => integrityCheck.close());
  const source = await openCheckpointProvider(options, directory, ledger, sequencer);
  const checkpoints = new Checkpoints(ledger, source, sequencer.heads);
  parts.add(() => checkpoints.close());
  const readModels = await startReadModels(directory, ledger, options);
  parts.add(() => readModels.close());
  const auditJobs = createAuditJobs(directory, readModels, checkpoints);
  parts.add(() => auditJobs.close());
  const findFault = (): UnavailableError | undefined =>
    checkpoints.fault === undefined
      ? integrityCheck.fault
      : new UnavailableError('diverged', checkpoints.fault);
  const apiKeys = openApiKeys(directory, options);
  parts.add(() => apiKeys.close());
  const authenticator = new Authenticator(apiKeys, options.oidc && new AccessTokenVerifier(options.oidc));
  const noOpRequests = openNoOpRequests(directory, options);
  parts.add(() => noOpRequests.close());
  const { continuesBehindHead = false } = options;
  const appendMeter = new AppendMeter(sequencer);
  const commandHandler = new CommandHandler({
    ledger,
    sequencer: appendMeter,
    noOpRequests,
    aggregates,
    upcasters,
    openOverlay: () => new LedgerOverlay(directory.ledgerFile, { indexedFields, continuesBehindHead }),
    findFault,
  });
  const readiness = new Readiness({
    directory: directory.path,
    ...{ ledger, sequencer, readModels, findFault, apiKeys, continuesBehindHead },
  });
  warnAboutClock(readiness, options);
  directory.keepReserve();
  sequencer.heads.subscribe((head) => readModels.notify(head));
  readModels.notify(ledger.getHead().entry); // other nodes may have recorded entries while this one was opened
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    // The sequencer first: accepted appends are to be in the last checkpoint and in the read models.
    (closing ??= sequencer.close().finally(() => parts.close()));
  return {
    ...{ directory, sequencer, ledger, readModels, checkpoints, auditJobs, commandHandler, apiKeys },
    ...{ appendMeter, authenticator, readiness, close },
  };
}

function warnAboutClock({ clockFault }: Readiness, { continuesBehindHead, warn }: OpenNodeOptions): void {
  if (clockFault === undefined) return;
  warn(
    continuesBehindHead
      ? `${clockFault} Until then new entries have the time of the last one (CLOCK_BEHIND_HEAD=continue).`
      : `${clockFault} Until then nothing is recorded. If the clock was ahead before and is right now, set CLOCK_BEHIND_HEAD=continue.`,
  );
}

const openSequencer = (
  { ledgerFile: file }: DataDirectory,
  { cluster, onFatal, warn, continuesBehindHead = false }: OpenNodeOptions,
): Promise<Sequencer> =>
  cluster
    ? KurrentDbSequencer.open({ file, cluster, indexedFields, continuesBehindHead, onFatal, warn })
    : SqliteSequencer.open(file, onFatal, { indexedFields, continuesBehindHead, warn });

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
  if (head === 0)
    try {
      await waitForFirstBuild(readModels);
    } catch (error) {
      await readModels.close();
      throw error;
    }
  return readModels;
}

/** Rejects with DataDirectoryError if something keeps the files from being written: a new book has nothing to serve. */
async function waitForFirstBuild(readModels: ReadModels): Promise<void> {
  const building = readModels.statuses().filter(({ status }) => status === 'building');
  const built = Promise.allSettled(building.map(({ name }) => readModels.rebuild(name).finished));
  for (;;) {
    if (await waitFor(from(built), () => true, FIRST_BUILD_CHECK_INTERVAL_MS)) return;
    const reason = readModels
      .statuses()
      .find(({ status, reason }) => status === 'building' && reason)?.reason;
    if (reason !== undefined)
      throw new DataDirectoryError(
        `The read models of a new book cannot be written (${reason}): check the disk under the data directory, then start again.`,
      );
  }
}

const createAuditJobs = (
  { ledgerFile, keysFile, auditScratchDirectory }: DataDirectory,
  readModels: ReadModels,
  checkpoints: Checkpoints,
): AuditJobs =>
  new AuditJobs({
    ledgerFile,
    otherFiles: [keysFile],
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
const openNoOpRequests = (
  { keysFile: file }: DataDirectory,
  { cluster, warn }: OpenNodeOptions,
): NoOpRequests =>
  cluster ? new ClusterNoOpRequests({ cluster, file, warn }) : new SqliteNoOpRequests(file);
