// The three targets of an audit: the data directory of a stopped server, an exported file, a running server.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { leaseOfflineGeneration, removeEmptyWal } from '../../audit/offline-generations.js';
import { runAudit, type AuditPhase, type AuditResult, type AuditTask } from '../../audit/run-audit.js';
import type { AuditJob } from '../../audit/audit-jobs.js';
import { MisplacedEntryError } from '../../audit/load-export-unchecked.js';
import type { Difference } from '../../audit/findings.js';
import { hashProjectionCode } from '../../audit/scratch-directory.js';
import { CheckpointFile, readSigningKey } from '../../ledger/checkpoints/checkpoint-files.js';
import type { Checkpoint } from '../../ledger/checkpoints/checkpoint.js';
import { DataDirectory, DataDirectoryInUseError } from '../../ledger/data-directory.js';
import { InvalidExportError } from '../../ledger/export-line.js';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { assertDatabaseNotTruncated } from '../../ledger/sqlite/database-truncation.js';
import { readLastEntryNumber } from '../../ledger/sqlite/verify-entries.js';
import { loadProjections } from '../../read-models/declaration/load-projections.js';
import { lockForReading, type ReadableDirectory } from '../_shared/lock-data-directory.js';
import type { ApiClient } from '../_shared/api-client.js';
import { openInput } from '../_shared/input-output.js';
import type { ProgressLine } from '../_shared/progress-line.js';
import { OperationFailedError } from '../_shared/errors.js';
import { loadExport } from '../_shared/load-export.js';

/** The result of an audit. */
export type AuditReport = Pick<AuditResult, 'entry' | 'differences' | 'differencesCount' | 'compared'>;

const PROJECTIONS_MODULE = new URL('../../../projections/index.js', import.meta.url);
const PHASE_LABELS: { readonly [P in AuditPhase]: string } = {
  files: 'Checking the files',
  ledger: 'Verifying the ledger',
  tree: 'Computing the tree',
  refold: 'Rebuilding the read models',
  compare: 'Comparing the read models',
};

/**
 * An interrupted audit is continued by the next one. Rejects with OperationFailedError, DataDirectoryError,
 * LedgerUnusableError, or the reason of the signal.
 */
export async function auditDirectory(
  data: string,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<AuditReport> {
  const path = resolve(data);
  if (!existsSync(join(path, 'ledger.db')))
    throw new OperationFailedError(
      `There is no book in ${path}: name its directory with --data, an exported file, or a running server with --url.`,
    );
  const { directory, isCopy, release } = lockDirectory(path);
  try {
    assertDatabaseNotTruncated(directory.ledgerFile);
    const task = {
      ledgerFile: directory.ledgerFile,
      otherFiles: existsSync(directory.keysFile) ? [directory.keysFile] : [],
      scratch: directory.auditScratchDirectory,
      lease: leaseOfflineGeneration(directory.readModelsDirectory),
      checkpoint: readLastCheckpoint(directory),
    };
    return await runAuditTask(task, progress, signal);
  } finally {
    const read = [
      directory.ledgerFile,
      directory.keysFile,
      ...findPaths(directory.readModelsDirectory, /\.db$/),
    ];
    if (!isCopy) for (const file of read) removeEmptyWal(file);
    release();
  }
}

/** The files of a folder with a matching name; none if the folder does not exist. */
const findPaths = (folder: string, name: RegExp): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((each) => name.test(each))
        .map((each) => join(folder, each))
    : [];

/** The last checkpoint of the ledger. Throws LedgerUnusableError if its key did not sign it. */
function readLastCheckpoint({ checkpointFile, checkpointKeyFile }: DataDirectory): Checkpoint | undefined {
  if (!existsSync(checkpointFile)) return undefined;
  const key = readSigningKey(process.env['CHECKPOINT_KEY_FILE'] || checkpointKeyFile);
  return new CheckpointFile(checkpointFile, key).latest;
}

function lockDirectory(path: string): ReadableDirectory {
  try {
    return lockForReading(path);
  } catch (error) {
    if (error instanceof DataDirectoryInUseError)
      throw new OperationFailedError(
        `${path} is in use by another Minutebook process: stop that one first, or audit the running server with --url.`,
      );
    throw error;
  }
}

async function runAuditTask(
  task: Pick<AuditTask, 'ledgerFile' | 'otherFiles' | 'scratch'> &
    Partial<Pick<AuditTask, 'lease' | 'checkpoint'>>,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<AuditResult> {
  const { readModels, entryUpcaster } = await loadProjections(PROJECTIONS_MODULE.href);
  const entry = readLastEntryNumber(task.ledgerFile);
  const steps = runAudit({
    ...task,
    entry,
    readModels,
    entryUpcaster,
    code: hashProjectionCode(PROJECTIONS_MODULE),
  });
  try {
    for (;;) {
      const step = await steps.next();
      if (step.done) return step.value;
      progress.show(PHASE_LABELS[step.value.phase], step.value.progress);
      await new Promise(setImmediate); // lets a signal be handled between two steps
      signal.throwIfAborted();
    }
  } finally {
    await steps.return(undefined as never); // keeps what is built so far for the next audit, unless this one is complete
    progress.clear();
  }
}

const DIRECTORY_PREFIX = 'minutebook-audit-';

/**
 * Audits an export, which can be compared with its own header only; every read model is built to show that it can be.
 * Rejects with UsageError or OperationFailedError.
 */
export async function auditExport(
  file: string,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<AuditReport> {
  const source = openInput(file);
  removeAbandonedDirectories();
  const directory = DataDirectory.lock(mkdtempSync(join(tmpdir(), DIRECTORY_PREFIX)));
  try {
    const { root } = await loadExport(source, directory.ledgerFile, progress, signal);
    const task = { ledgerFile: directory.ledgerFile, scratch: directory.auditScratchDirectory };
    const result = await runAuditTask(task, progress, signal);
    const found = findRootDifference(directory.ledgerFile, result.entry, root);
    return {
      ...result,
      differences: [...found, ...result.differences],
      differencesCount: found.length + result.differencesCount,
    };
  } catch (error) {
    if (error instanceof InvalidExportError)
      throw new OperationFailedError(
        `Line ${error.line} of ${file}${error.message.replace(/^The line/, '')}`,
      );
    if (error instanceof MisplacedEntryError) throw new OperationFailedError(`${file}: ${error.message}`);
    throw error;
  } finally {
    source.destroy();
    directory.unlock();
    rmSync(directory.path, { recursive: true, force: true });
  }
}

function findRootDifference(file: string, entries: number, stated: string | null): readonly Difference[] {
  const ledger = new SqliteLedger(file);
  const root = ledger.tree.getRoot(entries).toString('base64');
  ledger.close();
  if (stated === null || stated === root) return [];
  return [
    {
      projection: null,
      table: 'tree',
      key: { entries },
      entry: entries,
      live: { root: stated },
      replayed: { root },
      detail: `The tree of these ${entries} entries has the root ${root}, but the first line states ${stated}.`,
    },
  ];
}

/** Removes the directories of this user's audits that were killed before they could do so. */
function removeAbandonedDirectories(): void {
  for (const path of findPaths(tmpdir(), new RegExp(`^${DIRECTORY_PREFIX}`)))
    try {
      if (statSync(path).uid !== userInfo().uid) continue;
      DataDirectory.lock(path).unlock();
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Another audit is using it, or has just removed it.
    }
}

/** Starts an audit in a server and follows its progress. Rejects with OperationFailedError. */
export async function auditServer(
  connection: ApiClient,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<AuditReport> {
  const started = (await (
    await connection.request('/audit/replays', { method: 'POST', signal })
  ).json()) as AuditJob;
  const headers = { accept: 'text/event-stream' };
  const { body } = await connection.request(`/audit/replays/${started.id}`, { headers, signal });
  let job = started;
  try {
    for await (const line of createInterface({ input: Readable.fromWeb(body as never) })) {
      if (!line.startsWith('data: ')) continue;
      job = JSON.parse(line.slice('data: '.length)) as AuditJob;
      progress.show(PHASE_LABELS[job.phase], job.progress);
    }
  } catch (error) {
    throw connection.toConnectionError(error);
  } finally {
    progress.clear();
  }
  if (job.status === 'done') return job;
  throw new OperationFailedError(job.reason ?? 'The server stopped before the audit was complete.');
}
