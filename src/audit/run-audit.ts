// An audit by replay: the ledger is verified from its first entry, every read model is projected again from the first
// entry, and the result is compared with the serving files.
import { getErrorMessage } from '../errors/get-error-message.js';
import { basename } from 'node:path';
import type { Checkpoint } from '../ledger/checkpoints/checkpoint.js';
import type { Ledger } from '../ledger/ledger.js';
import { UnavailableError } from '../ledger/sequencer.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import type { EntryUpcaster } from '../ledger/entry-upcasting.js';
import { verifyTree } from '../ledger/sqlite/verify-tree.js';
import { readLastEntryNumber, verifyEntries } from '../ledger/sqlite/verify-entries.js';
import { Projector } from '../read-models/projecting/projector.js';
import type { ReadModelWriter } from '../read-models/projecting/read-model-writer.js';
import type { AnyReadModel } from '../read-models/declaration/read-model.js';
import type { GenerationLease } from '../read-models/read-model-status.js';
import type { SqlRow } from '../read-models/declaration/table-schema.js';
import { isDamageError } from '../read-models/file-errors.js';
import { checkDatabaseFiles, checkReadModelFile, toFileDifference } from './check-database-files.js';
import { ReadModelComparison } from './compare-read-model.js';
import { type Difference, Findings } from './findings.js';
import { ScratchDirectory } from './scratch-directory.js';

/** Of the phase: files while SQLite checks them, entries while the ledger and its tree are verified and projected, tables while they are compared. */
export type AuditProgress = { readonly done: number; readonly of: number };
/** `refold`: every read model is projected again; the name is part of the API. */
export type AuditPhase = 'files' | 'ledger' | 'tree' | 'refold' | 'compare';
export type AuditStep = {
  readonly phase: AuditPhase;
  readonly progress: AuditProgress;
  readonly differencesCount: number;
};

export type AuditTask = {
  readonly ledgerFile: string;
  /** Further files of SQLite that are checked, such as that of the keys. */
  readonly otherFiles?: readonly string[];
  /** The last entry that is audited: at most the head. */
  readonly entry: number;
  readonly readModels: readonly AnyReadModel[];
  readonly entryUpcaster: EntryUpcaster;
  /** A directory for this audit alone: see ScratchDirectory. */
  readonly scratch: string;
  /** See hashProjectionCode. */
  readonly code: string;
  /** The checkpoint that was signed last; left out if there is none. */
  readonly checkpoint?: Pick<Checkpoint, 'size' | 'root'> | undefined;
  /** Leases the file that serves; undefined if none does. Left out if there is nothing to compare with, as for an export. */
  readonly lease?: (model: AnyReadModel) => Promise<GenerationLease | undefined>;
};

export type ComparedReadModel = {
  readonly projection: string;
  readonly version: number;
  /** Null if none serves. */
  readonly generation: number | null;
  /** Below the audited entry if the file lags behind; null if there is none, or it cannot be read. */
  readonly entry: number | null;
};

export type AuditResult = {
  readonly entry: number;
  /** Of the tree of that many entries, in base64; null if entries are missing. */
  readonly root: string | null;
  /** The first are listed, all are counted. */
  readonly differences: readonly Difference[];
  readonly differencesCount: number;
  readonly compared: readonly ComparedReadModel[];
  /** The position of the scratch files of an interrupted audit, from which this one continued; 0 if there were none. */
  readonly resumedFrom: number;
};

/** The state that the steps share. */
class AuditState {
  readonly findings = new Findings();
  readonly compared: ComparedReadModel[] = [];
  root: string | null = null;
  files: readonly ReadModelWriter[] = [];
  resumedFrom = 0;

  constructor(
    readonly task: AuditTask,
    readonly ledger: Ledger,
    readonly scratch: ScratchDirectory,
  ) {}
}

/** In order. Each adds its findings, and yields its progress after each piece of work, which bounds their length. */
const AUDIT_STEPS: readonly {
  readonly phase: AuditPhase;
  readonly run: (audit: AuditState) => Iterable<AuditProgress> | AsyncIterable<AuditProgress>;
}[] = [
  { phase: 'files', run: checkLedgerFiles },
  { phase: 'ledger', run: checkLedger },
  { phase: 'tree', run: checkTree },
  { phase: 'refold', run: replayReadModels },
  { phase: 'compare', run: compareReadModels },
];

/**
 * Yields after each piece of work. If the caller returns early, the scratch files are kept, and the next audit resumes
 * from them. Throws what a full or failing disk causes, or a ledger that cannot be opened.
 */
export async function* runAudit(task: AuditTask): AsyncGenerator<AuditStep, AuditResult> {
  const ledger = new SqliteLedger(task.ledgerFile);
  let scratch: ScratchDirectory | undefined;
  let isInterrupted = false;
  try {
    scratch = new ScratchDirectory(task.scratch, task.code);
    const audit = new AuditState(task, ledger, scratch);
    const { findings, compared } = audit;
    isInterrupted = true;
    for (const { phase, run } of AUDIT_STEPS)
      try {
        for await (const progress of run(audit)) yield { phase, progress, differencesCount: findings.count };
      } catch (error) {
        if (!isDamageError(error) && !isLedgerDamaged(error)) throw error;
        addUnreadableLedger(audit, phase, error);
        break;
      }
    isInterrupted = false;
    return {
      entry: task.entry,
      root: audit.root,
      differences: findings.shown,
      differencesCount: findings.count,
      compared,
      resumedFrom: audit.resumedFrom,
    };
  } catch (error) {
    isInterrupted = false;
    throw error;
  } finally {
    scratch?.close();
    ledger.close();
    if (isInterrupted) scratch?.keepForResume();
    else scratch?.remove();
  }
}

function* checkLedgerFiles({ task, findings }: AuditState): Generator<AuditProgress> {
  yield* checkDatabaseFiles(task.ledgerFile, task.otherFiles ?? [], findings);
}

const isLedgerDamaged = (error: unknown): boolean =>
  error instanceof UnavailableError && error.code === 'ledger-damaged';

/** A page without which the audit cannot go on; those after it may be damaged, too. */
function addUnreadableLedger({ task, findings }: AuditState, phase: AuditPhase, error: unknown): void {
  const file = basename(task.ledgerFile);
  const reason = getErrorMessage(error);
  findings.add(() =>
    toFileDifference(
      null,
      file,
      `${file} cannot be read (${reason}), so the audit ended in its phase "${phase}".`,
    ),
  );
}

function* checkLedger({ task, findings }: AuditState): Generator<AuditProgress> {
  for (const { entry, damaged } of verifyEntries(task.ledgerFile, task.entry)) {
    for (const { entry, message } of damaged)
      findings.add(() => ({
        projection: null,
        table: 'entries',
        key: { entry },
        entry,
        live: null,
        replayed: null,
        detail: message,
      }));
    yield { done: entry, of: task.entry };
  }
}

/** Verifies the tree of all entries, its tiles, and the checkpoint that was signed last. */
function* checkTree(audit: AuditState): Generator<AuditProgress> {
  const { task, findings } = audit;
  const { checkpoint, entry, ledgerFile } = task;
  const signed = checkpoint && { size: checkpoint.size, root: Buffer.from(checkpoint.root) };
  const last = readLastEntryNumber(ledgerFile);
  const until = Math.max(entry, Math.min(signed?.size ?? 0, last));
  const steps = verifyTree(ledgerFile, until, new Set([entry, signed?.size ?? entry]));
  let turn = steps.next();
  for (; !turn.done; turn = steps.next()) {
    for (const { level, number, what } of turn.value.damaged)
      findings.add(() =>
        toLedgerDifference('tiles', { level, number }, `Tile ${number} of level ${level} ${what}.`),
      );
    yield { done: turn.value.entry, of: until };
  }
  const root = turn.value.get(entry);
  audit.root = root?.toString('base64') ?? null;
  if (!signed || turn.value.get(signed.size)?.equals(signed.root)) return;
  const { size } = signed;
  findings.add(() =>
    toLedgerDifference(
      'checkpoint',
      { size },
      last < size
        ? `A checkpoint over ${size} entries was published, but the ledger has ${last}.`
        : `The first ${size} entries are not those of the signed checkpoint over them.`,
    ),
  );
}

const toLedgerDifference = (table: string, key: SqlRow, detail: string): Difference => ({
  projection: null,
  table,
  key,
  entry: null,
  live: null,
  replayed: null,
  detail,
});

/** Projects all read models in one pass, as far as the ledger is readable. */
function* replayReadModels(audit: AuditState): Generator<AuditProgress> {
  const { task, ledger, scratch } = audit;
  const files = task.readModels.map((model) => scratch.open(model, ledger, task.entry));
  audit.files = files;
  audit.resumedFrom = Math.max(0, ...files.map(({ entry }) => entry));
  // All files are compared at the end, so they stay together, and each entry is read once.
  const projector = new Projector(ledger, task.entryUpcaster, { turnMs: Infinity });
  for (;;) {
    const outcomes = projector.projectBatch(files, task.entry);
    for (const { error } of outcomes)
      if (error !== undefined) throw error instanceof Error ? error : new Error(getErrorMessage(error));
    if (outcomes.length === 0) break;
    yield { done: Math.min(...files.map(({ entry }) => entry)), of: task.entry };
  }
  scratch.close();
}

async function* compareReadModels(audit: AuditState): AsyncGenerator<AuditProgress> {
  const { task, ledger, findings, files } = audit;
  if (!task.lease) {
    reportParkedStreams(audit);
    return;
  }
  const tables = task.readModels.map((model) => ReadModelComparison.countTables(model));
  const total = tables.reduce((sum, count) => sum + count, 0);
  let done = 0;
  for (const [n, { model, generation }] of files.entries()) {
    const lease = await task.lease(model);
    if (lease) checkReadModelFile(model.name, lease.file, findings);
    const comparison =
      lease && new ReadModelComparison(model, ledger, findings).run(lease.file, generation.file);
    let entry: number | null = null;
    try {
      for (let turn = comparison?.next(); turn; turn = comparison?.next()) {
        if (turn.done) {
          entry = turn.value;
          break;
        }
        yield { done: done + turn.value, of: total };
      }
    } finally {
      comparison?.return(null); // closes the files if the caller returned early
      lease?.release();
    }
    const { name: projection, version } = model;
    audit.compared.push({ projection, version, generation: lease?.generation ?? null, entry });
    done += tables[n] ?? 0;
  }
}

/** Without files to compare with, a replay still shows whether everything can be projected. */
function reportParkedStreams({ files, findings }: AuditState): void {
  for (const { model, parked } of files)
    for (const { stream, entry, stamp, reason } of parked)
      findings.add(() => ({
        projection: model.name,
        table: 'parked',
        key: { stream },
        entry,
        live: null,
        replayed: { entry, stamp, reason },
        detail: `${model.name} cannot project entry ${entry}, and so leaves out ${stream} from there on: ${reason}.`,
      }));
}
