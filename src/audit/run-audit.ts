// An audit by replay: the ledger is read again from its first entry, every read model is folded again from nothing, and
// what comes of it is compared with the files that serve.
import type { Checkpoint } from '../ledger/checkpoints/checkpoint.js';
import type { Ledger } from '../ledger/ledger.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import type { Read } from '../ledger/event-reader.js';
import { treeVerification } from '../ledger/sqlite/verify-tree.js';
import { lastEntry, verification } from '../ledger/sqlite/verify-entries.js';
import { Folding } from '../read-models/projecting/projector.js';
import type { ModelFile } from '../read-models/projecting/read-model-writer.js';
import type { AnyReadModel } from '../read-models/declaration/read-model.js';
import type { Loan } from '../read-models/read-models.js';
import { sentence } from '../read-models/projecting/entry-batches.js';
import type { PlainRow } from '../read-models/declaration/table-schema.js';
import { Comparison } from './compare-read-model.js';
import { type Difference, Findings } from './findings.js';
import { Scratch } from './scratch-directory.js';

/** Of the phase: entries while the ledger is read, its tree made or it is folded, tables while they are compared. */
export type Progress = { readonly done: number; readonly of: number };
export type Phase = 'ledger' | 'tree' | 'refold' | 'compare';
export type Step = { readonly phase: Phase; readonly progress: Progress; readonly differencesCount: number };

export type Task = {
  readonly ledgerFile: string;
  /** The last entry that is audited: at most the head. */
  readonly entry: number;
  readonly readModels: readonly AnyReadModel[];
  readonly read: Read;
  /** A directory for this audit alone: see Scratch. */
  readonly scratch: string;
  /** See codeOf. */
  readonly code: string;
  /** What was signed last; left out if nothing was. */
  readonly checkpoint?: Pick<Checkpoint, 'size' | 'root'> | undefined;
  /** The file that serves; undefined if none does. Left out if there is nothing to compare with, as for an exported file. */
  readonly lend?: (model: AnyReadModel) => Promise<Loan | undefined>;
};

export type Compared = {
  readonly projection: string;
  readonly version: number;
  /** Null if nothing serves. */
  readonly generation: number | null;
  /** Below the audited entry if the file lags behind; null if there was none, or it cannot be read. */
  readonly entry: number | null;
};

export type Result = {
  readonly entry: number;
  /** Of the tree of that many entries, in base64; null if entries are missing. */
  readonly root: string | null;
  /** The first shown, all counted. */
  readonly differences: readonly Difference[];
  readonly differencesCount: number;
  readonly compared: readonly Compared[];
  /** What an interrupted audit had folded up to this entry was gone on from; 0 if all was folded now. */
  readonly resumedFrom: number;
};

/** What the steps share. */
class Audit {
  readonly findings = new Findings();
  readonly compared: Compared[] = [];
  root: string | null = null;
  files: readonly ModelFile[] = [];
  resumedFrom = 0;

  constructor(
    readonly task: Task,
    readonly ledger: Ledger,
    readonly scratch: Scratch,
  ) {}
}

/** In order. Each step adds what it finds, and says how far it is after each piece of work that must not be longer. */
const STEPS: readonly {
  readonly phase: Phase;
  readonly run: (audit: Audit) => Iterable<Progress> | AsyncIterable<Progress>;
}[] = [
  { phase: 'ledger', run: ledgerStep },
  { phase: 'tree', run: treeStep },
  { phase: 'refold', run: refoldStep },
  { phase: 'compare', run: compareStep },
];

/**
 * Yields after each piece of work; who does not ask for the next one lets it go on later from there: its scratch files
 * are kept. Throws what a disk that is full or fails brings, or a ledger that cannot be read as such.
 */
export async function* audit(task: Task): AsyncGenerator<Step, Result> {
  const ledger = new SqliteLedger(task.ledgerFile);
  let scratch: Scratch | undefined;
  let isInterrupted = false;
  try {
    scratch = new Scratch(task.scratch, task.code);
    const audit = new Audit(task, ledger, scratch);
    const { findings, compared } = audit;
    isInterrupted = true;
    for (const { phase, run } of STEPS)
      for await (const progress of run(audit)) yield { phase, progress, differencesCount: findings.count };
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
    if (isInterrupted) scratch?.keep();
    else scratch?.remove();
  }
}

function* ledgerStep({ task, findings }: Audit): Generator<Progress> {
  for (const { entry, damaged } of verification(task.ledgerFile, task.entry)) {
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

/** The tree of all entries, its tiles, and what was signed of it. */
function* treeStep(audit: Audit): Generator<Progress> {
  const { task, findings } = audit;
  const { checkpoint, entry, ledgerFile } = task;
  const signed = checkpoint && { size: checkpoint.size, root: Buffer.from(checkpoint.root) };
  const last = lastEntry(ledgerFile);
  const until = Math.max(entry, Math.min(signed?.size ?? 0, last));
  const steps = treeVerification(ledgerFile, until, new Set([entry, signed?.size ?? entry]));
  let turn = steps.next();
  for (; !turn.done; turn = steps.next()) {
    for (const { level, number, what } of turn.value.damaged)
      findings.add(() =>
        ofTheLedger('tiles', { level, number }, `Tile ${number} of level ${level} ${what}.`),
      );
    yield { done: turn.value.entry, of: until };
  }
  const root = turn.value.get(entry);
  audit.root = root?.toString('base64') ?? null;
  if (!signed || turn.value.get(signed.size)?.equals(signed.root)) return;
  const { size } = signed;
  findings.add(() =>
    ofTheLedger(
      'checkpoint',
      { size },
      last < size
        ? `A checkpoint over ${size} entries was given out, and the ledger has ${last}.`
        : `The first ${size} entries are not those that the checkpoint over them was signed for.`,
    ),
  );
}

const ofTheLedger = (table: string, key: PlainRow, detail: string): Difference => ({
  projection: null,
  table,
  key,
  entry: null,
  live: null,
  replayed: null,
  detail,
});

/** All read models in one pass, as far as the ledger is whole. */
function* refoldStep(audit: Audit): Generator<Progress> {
  const { task, ledger, scratch } = audit;
  const files = task.readModels.map((model) => scratch.open(model, ledger, task.entry));
  audit.files = files;
  audit.resumedFrom = Math.max(0, ...files.map(({ entry }) => entry));
  const folding = new Folding(ledger, task.read);
  for (;;) {
    const outcomes = folding.step(files, task.entry);
    for (const { error } of outcomes)
      if (error !== undefined) throw error instanceof Error ? error : new Error(sentence(error));
    if (outcomes.length === 0) break;
    yield { done: Math.min(...files.map(({ entry }) => entry)), of: task.entry };
  }
  scratch.close();
}

async function* compareStep(audit: Audit): AsyncGenerator<Progress> {
  const { task, ledger, findings, files } = audit;
  if (!task.lend) {
    digested(audit);
    return;
  }
  const tables = task.readModels.map((model) => Comparison.tablesOf(model));
  const of = tables.reduce((sum, count) => sum + count, 0);
  let before = 0;
  for (const [n, { model, generation }] of files.entries()) {
    const lent = await task.lend(model);
    const comparison = lent && new Comparison(model, ledger, findings).run(lent.file, generation.file);
    let entry: number | null = null;
    try {
      for (let turn = comparison?.next(); turn; turn = comparison?.next()) {
        if (turn.done) {
          entry = turn.value;
          break;
        }
        yield { done: before + turn.value, of };
      }
    } finally {
      comparison?.return(null); // closes the files, if nobody asks to go on
      lent?.giveBack();
    }
    const { name: projection, version } = model;
    audit.compared.push({ projection, version, generation: lent?.generation ?? null, entry });
    before += tables[n] ?? 0;
  }
}

/** With nothing to compare with, a replay shows all the same whether everything can be digested. */
function digested({ files, findings }: Audit): void {
  for (const { model, parked } of files)
    for (const { stream, entry, stamp, reason } of parked)
      findings.add(() => ({
        projection: model.name,
        table: 'parked',
        key: { stream },
        entry,
        live: null,
        replayed: { entry, stamp, reason },
        detail: `${model.name} cannot digest entry ${entry}, and so leaves out what ${stream} says from there on: ${reason}.`,
      }));
}
