// The thread that folds new generations from entry 1, all that were asked for together in one pass.
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { loadDeclarations } from '../declaration/load-projections.js';
import { FoldLoop, isPassing, PAUSE_MS } from '../projecting/projection-runner.js';
import { Folding } from '../projecting/projector.js';
import { generationsOf, nextGeneration, retire } from '../projecting/generations.js';
import type { At, FromRebuild, RebuildData, ToRebuild } from '../worker-messages.js';
import { ModelFile } from '../projecting/read-model-writer.js';
import { sentence } from '../projecting/entry-batches.js';

const { directory, ledgerFile, declarations, models, head } = workerData as RebuildData;
const say = (message: FromRebuild): void => parentPort?.postMessage(message);

/** On Linux, where threads have priorities of their own: about a third of what others get where there is not enough for all. */
const GIVING_WAY = 5;
if (process.platform === 'linux' && models.every(({ live }) => live !== null)) setPriority(GIVING_WAY);

const { readModels, read } = await loadDeclarations(declarations);
const ledger = new SqliteLedger(ledgerFile);
const open = new Map<string, ModelFile>();
const liveOf = new Map(models.map(({ name, live }) => [name, live]));
let left = models.length;

const told = ({ generation: { name, generation }, entry }: ModelFile): At => ({ name, generation, entry });

const loop = new FoldLoop(new Folding(ledger, read), {
  folded(moved) {
    say({ type: 'progress', files: moved.map(({ file }) => told(file)) });
    for (const { file } of moved) if (file.entry >= loop.head) arrive(file);
  },
  failed(files, reason) {
    for (const file of files)
      // What can be read of a damaged ledger is served, unless something serves that already.
      if (loop.folding.damage && liveOf.get(file.model.name) === null) finish(file);
      else leave(file.model.name, reason);
  },
  troubled({ model: { name } }, reason) {
    say({ type: 'troubled', name, reason });
  },
});

/** Tries until the disk takes it: there may be nothing else to read from. */
function begin(name: string): void {
  try {
    const model = readModels.find((model) => model.name === name);
    if (!model) throw new TypeError(`There is no read model '${name}'.`);
    const generation = nextGeneration(directory, name, model.version);
    for (const other of generationsOf(directory, name))
      if (other.generation !== generation.generation && other.generation !== liveOf.get(name))
        retire(directory, other);
    const file = ModelFile.create(generation, model);
    open.set(name, file);
    loop.add(file);
    if (file.entry >= loop.head) arrive(file);
  } catch (error) {
    if (!isPassing(error)) return leave(name, sentence(error));
    say({ type: 'troubled', name, reason: sentence(error) });
    setTimeout(() => {
      begin(name);
      loop.toward(head);
    }, PAUSE_MS).unref();
  }
}

/**
 * At the head, as far as this thread has heard. Making the indexes takes a while, so that what was recorded
 * meanwhile is folded first, here, where nobody waits for it.
 */
function arrive(file: ModelFile): void {
  if (file.indexed) return finish(file);
  try {
    file.index();
  } catch {
    return finish(file); // which says what is wrong, and tries again
  }
  setTimeout(() => {
    if (file.entry >= loop.head) finish(file);
  }, 1);
}

/** A kill before `complete` leaves a generation that the next start throws away, one after it a live one. */
function finish(file: ModelFile): void {
  const { name } = file.model;
  if (open.get(name) !== file) return;
  loop.remove(file);
  try {
    file.complete();
    file.close();
  } catch (error) {
    if (!isPassing(error)) return leave(name, sentence(error));
    say({ type: 'troubled', name, reason: sentence(error) });
    setTimeout(() => finish(file), PAUSE_MS).unref();
    return;
  }
  open.delete(name);
  say({ type: 'built', file: told(file) });
  endAfterLast();
}

function leave(name: string, reason: string): void {
  const file = open.get(name);
  open.delete(name);
  if (file) {
    loop.remove(file);
    file.close();
    retire(directory, file.generation);
  }
  say({ type: 'failed', name, reason });
  endAfterLast();
}

function endAfterLast(): void {
  left -= 1;
  if (left === 0) end();
}

function end(): void {
  loop.stop();
  for (const file of open.values()) file.close();
  ledger.close();
  parentPort?.close();
}

parentPort?.on('message', (message: ToRebuild) => {
  if (message.type === 'head') loop.toward(message.head);
  else end();
});

loop.toward(head);
for (const { name } of models) begin(name);
loop.toward(head);
