// The thread that projects new generations from entry 1, all that were requested together in one pass.
import { getErrorMessage } from '../../errors/get-error-message.js';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { RETRY_DELAY_MS } from '../timeouts.js';
import { loadProjections } from '../declaration/load-projections.js';
import { isTransientError } from '../file-errors.js';
import { ProjectionRunner } from '../projecting/projection-runner.js';
import { Projector } from '../projecting/projector.js';
import { listGenerations, createNextGeneration, removeGeneration } from '../projecting/generations.js';
import type {
  GenerationPosition,
  FromRebuildWorker,
  RebuildWorkerData,
  ToRebuildWorker,
} from '../worker-messages.js';
import { ReadModelWriter } from '../projecting/read-model-writer.js';

const { directory, ledgerFile, declarations, models, head } = workerData as RebuildWorkerData;
const send = (message: FromRebuildWorker): void => parentPort?.postMessage(message);

/** On Linux, where each thread has a priority: about a third of the processor time of other threads when it is scarce. */
const LOWERED_PRIORITY = 5;
if (process.platform === 'linux' && models.every(({ live }) => live !== null)) setPriority(LOWERED_PRIORITY);

const { readModels, entryUpcaster } = await loadProjections(declarations);
const ledger = new SqliteLedger(ledgerFile);
const openWriters = new Map<string, ReadModelWriter>();
const liveGenerations = new Map(models.map(({ name, live }) => [name, live]));
const lastGenerations = new Map(models.map(({ name, last }) => [name, last]));
let remaining = models.length;

const toGenerationPosition = ({
  generation: { name, generation },
  entry,
}: ReadModelWriter): GenerationPosition => ({ name, generation, entry });

const runner = new ProjectionRunner(new Projector(ledger, entryUpcaster), {
  onProjected(moved) {
    send({ type: 'progress', files: moved.map(({ file }) => toGenerationPosition(file)) });
    for (const { file } of moved) if (file.entry >= runner.head) handleHeadReached(file);
  },
  onFailed(files, reason) {
    for (const file of files)
      // The readable part of a damaged ledger is served, unless a generation serves it already.
      if (runner.projector.damage && liveGenerations.get(file.model.name) === null) finishBuild(file);
      else abandonBuild(file.model.name, reason);
  },
  onRetry({ model: { name } }, reason) {
    send({ type: 'retrying', name, reason });
  },
});

/** Retries until the disk accepts it: there may be no other generation to read from. */
function startBuild(name: string): void {
  try {
    const model = readModels.find((model) => model.name === name);
    if (!model) throw new TypeError(`There is no read model '${name}'.`);
    const generation = createNextGeneration(directory, name, model.version, lastGenerations.get(name));
    lastGenerations.set(name, generation.generation);
    for (const other of listGenerations(directory, name))
      if (other.generation !== generation.generation && other.generation !== liveGenerations.get(name))
        removeGeneration(directory, other);
    const file = ReadModelWriter.create(generation, model);
    openWriters.set(name, file);
    runner.add(file);
    if (file.entry >= runner.head) handleHeadReached(file);
  } catch (error) {
    if (!isTransientError(error)) return abandonBuild(name, getErrorMessage(error));
    send({ type: 'retrying', name, reason: getErrorMessage(error) });
    setTimeout(() => {
      startBuild(name);
      runner.advanceTo(head);
    }, RETRY_DELAY_MS).unref();
  }
}

/**
 * The file is at the head that this thread knows. Creating the indexes takes a while, so entries that were recorded
 * meanwhile are projected first, here, where no client waits for them.
 */
function handleHeadReached(file: ReadModelWriter): void {
  if (file.hasIndexes) return finishBuild(file);
  try {
    file.createIndexes();
  } catch {
    return finishBuild(file); // which reports the error, and retries
  }
  setTimeout(() => {
    if (file.entry >= runner.head) finishBuild(file);
  }, 1);
}

/** A crash before `complete` leaves a generation that the next start removes; after it, one that the next start serves. */
function finishBuild(file: ReadModelWriter): void {
  const { name } = file.model;
  if (openWriters.get(name) !== file) return;
  runner.remove(file);
  try {
    file.markComplete();
    file.close();
  } catch (error) {
    if (!isTransientError(error)) return abandonBuild(name, getErrorMessage(error));
    send({ type: 'retrying', name, reason: getErrorMessage(error) });
    setTimeout(() => finishBuild(file), RETRY_DELAY_MS).unref();
    return;
  }
  openWriters.delete(name);
  send({ type: 'built', file: toGenerationPosition(file) });
  endAfterLast();
}

function abandonBuild(name: string, reason: string): void {
  const file = openWriters.get(name);
  openWriters.delete(name);
  if (file) {
    runner.remove(file);
    file.close();
    removeGeneration(directory, file.generation);
  }
  send({ type: 'failed', name, reason });
  endAfterLast();
}

function endAfterLast(): void {
  remaining -= 1;
  if (remaining === 0) shutDown();
}

function shutDown(): void {
  runner.stop();
  for (const file of openWriters.values()) file.close();
  ledger.close();
  parentPort?.close();
}

parentPort?.on('message', (message: ToRebuildWorker) => {
  if (message.type === 'head') runner.advanceTo(message.head);
  else shutDown();
});

runner.advanceTo(head);
for (const { name } of models) startBuild(name);
runner.advanceTo(head);
