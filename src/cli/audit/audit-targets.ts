// The three ways to audit: a directory that nobody serves, an exported file, a running server.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { lendFrom, tidy } from '../../audit/offline-files.js';
import { audit, type Phase, type Result, type Task } from '../../audit/run-audit.js';
import type { Job } from '../../audit/audit-jobs.js';
import { OutOfPlace } from '../../audit/load-export-unchecked.js';
import type { Difference } from '../../audit/findings.js';
import { codeOf } from '../../audit/scratch-directory.js';
import { CheckpointFile, readKey } from '../../ledger/checkpoints/checkpoint-file.js';
import type { Checkpoint } from '../../ledger/checkpoints/checkpoint.js';
import { DataDirectory, DataDirectoryInUse } from '../../ledger/data-directory.js';
import { NotAnExport } from '../../ledger/export.js';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { assertNotTruncated } from '../../ledger/sqlite/wal-integrity.js';
import { lastEntry } from '../../ledger/sqlite/verify-entries.js';
import { loadDeclarations } from '../../read-models/declaration/load-projections.js';
import type { Connection } from '../_shared/api-client.js';
import { input } from '../_shared/input-output.js';
import type { ProgressLine } from '../_shared/progress-line.js';
import { Refused } from '../_shared/errors.js';
import { writeDown } from '../_shared/load-export.js';

/** What an audit came to. */
export type Verdict = Pick<Result, 'entry' | 'differences' | 'differencesCount' | 'compared'>;

const DECLARATIONS = new URL('../../../projections/index.js', import.meta.url);
const DOING: { readonly [P in Phase]: string } = {
  ledger: 'Reading the ledger',
  tree: 'Making the tree',
  refold: 'Folding the read models',
  compare: 'Comparing the read models',
};

/**
 * What is interrupted is gone on from the next time. Rejects with Refused, DataDirectoryUnusable, LedgerUnusable, or the
 * reason of the signal.
 */
export async function auditDirectory(
  data: string,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<Verdict> {
  const path = resolve(data);
  if (!existsSync(join(path, 'ledger.db')))
    throw new Refused(
      `There is no book in ${path}: name its directory with --data, an exported file, or a running server with --url.`,
    );
  const directory = locked(path);
  try {
    assertNotTruncated(directory.ledger);
    const task = {
      ledgerFile: directory.ledger,
      scratch: directory.scratch,
      lend: lendFrom(directory.readModels),
      checkpoint: lastSigned(directory),
    };
    return await run(task, progress, signal);
  } finally {
    for (const file of [directory.ledger, ...within(directory.readModels, /\.db$/)]) tidy(file);
    directory.unlock();
  }
}

/** What has such a name in a folder, if that is there. */
const within = (folder: string, name: RegExp): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((each) => name.test(each))
        .map((each) => join(folder, each))
    : [];

/** What the book has signed last. Throws LedgerUnusable if that is not the work of its key. */
function lastSigned({ checkpoint, checkpointKey }: DataDirectory): Checkpoint | undefined {
  if (!existsSync(checkpoint)) return undefined;
  const key = readKey(process.env['CHECKPOINT_KEY_FILE'] || checkpointKey);
  return new CheckpointFile(checkpoint, key).latest;
}

function locked(path: string): DataDirectory {
  try {
    return DataDirectory.lock(path);
  } catch (error) {
    if (error instanceof DataDirectoryInUse)
      throw new Refused(
        `${path} is in use by another Minutebook process: stop that one first, or let it audit itself with --url.`,
      );
    throw error;
  }
}

async function run(
  task: Pick<Task, 'ledgerFile' | 'scratch'> & Partial<Pick<Task, 'lend' | 'checkpoint'>>,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<Result> {
  const { readModels, read } = await loadDeclarations(DECLARATIONS.href);
  const entry = lastEntry(task.ledgerFile);
  const steps = audit({ ...task, entry, readModels, read, code: codeOf(DECLARATIONS) });
  try {
    for (;;) {
      const turn = await steps.next();
      if (turn.done) return turn.value;
      progress.show(DOING[turn.value.phase], turn.value.progress);
      await new Promise(setImmediate); // signals are heard between two pieces of work
      signal.throwIfAborted();
    }
  } finally {
    await steps.return(undefined as never); // keeps what is folded, if there is more to do
    progress.clear();
  }
}

const PREFIX = 'minutebook-audit-';

/**
 * An export has nothing to be compared with but its own header; every read model is folded to see whether it can be
 * digested. Rejects with WrongUsage or Refused.
 */
export async function auditExport(
  file: string,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<Verdict> {
  const source = input(file);
  removeRemains();
  const directory = DataDirectory.lock(mkdtempSync(join(tmpdir(), PREFIX)));
  try {
    const { root } = await writeDown(source, directory.ledger, progress, signal);
    const task = { ledgerFile: directory.ledger, scratch: directory.scratch };
    const result = await run(task, progress, signal);
    const found = rootDifference(directory.ledger, result.entry, root);
    return {
      ...result,
      differences: [...found, ...result.differences],
      differencesCount: found.length + result.differencesCount,
    };
  } catch (error) {
    if (error instanceof NotAnExport)
      throw new Refused(`Line ${error.line} of ${file}${error.message.replace(/^The line/, '')}`);
    if (error instanceof OutOfPlace) throw new Refused(`${file}: ${error.message}`);
    throw error;
  } finally {
    source.destroy();
    directory.unlock();
    rmSync(directory.path, { recursive: true, force: true });
  }
}

function rootDifference(file: string, entries: number, promised: string | null): readonly Difference[] {
  const ledger = new SqliteLedger(file);
  const root = ledger.tree.root(entries).toString('base64');
  ledger.close();
  if (promised === null || promised === root) return [];
  return [
    {
      projection: null,
      table: 'tree',
      key: { entries },
      entry: entries,
      live: { root: promised },
      replayed: { root },
      detail: `The tree of these ${entries} entries has the root ${root}, but the first line says ${promised}.`,
    },
  ];
}

/** What audits of this user left that were ended before they could remove it. */
function removeRemains(): void {
  for (const path of within(tmpdir(), new RegExp(`^${PREFIX}`)))
    try {
      if (statSync(path).uid !== userInfo().uid) continue;
      DataDirectory.lock(path).unlock();
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Another audit is using it, or has just removed it.
    }
}

/** Lets a server audit itself, and follows how far it is. Rejects with Refused. */
export async function auditServer(
  connection: Connection,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<Verdict> {
  const begun = (await (await connection.ask('/audit/replays', { method: 'POST', signal })).json()) as Job;
  const headers = { accept: 'text/event-stream' };
  const { body } = await connection.ask(`/audit/replays/${begun.id}`, { headers, signal });
  let job = begun;
  try {
    for await (const line of createInterface({ input: Readable.fromWeb(body as never) })) {
      if (!line.startsWith('data: ')) continue;
      job = JSON.parse(line.slice('data: '.length)) as Job;
      progress.show(DOING[job.phase], job.progress);
    }
  } catch (error) {
    throw connection.broken(error);
  } finally {
    progress.clear();
  }
  if (job.status === 'done') return job;
  throw new Refused(job.reason ?? 'The server stopped before the audit was done.');
}
