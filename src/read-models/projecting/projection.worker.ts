// The thread that writes the live files. Its messages are in worker-messages.ts.
import { getErrorMessage } from '../../errors/get-error-message.js';
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { RETRY_DELAY_MS } from '../timeouts.js';
import { loadProjections } from '../declaration/load-projections.js';
import type { AnyReadModel } from '../declaration/read-model.js';
import { isDamageError, isTransientError } from '../file-errors.js';
import { ProjectionRunner } from './projection-runner.js';
import { Projector } from './projector.js';
import { toGeneration, removeGeneration } from './generations.js';
import { openLiveGeneration } from './open-live-generation.js';
import type {
  FromProjectionWorker,
  OpenedGeneration,
  ReadModelWorkerData,
  ToProjectionWorker,
} from '../worker-messages.js';
import { ReadModelWriter, type ParkedStream } from './read-model-writer.js';

const { directory, ledgerFile, declarations } = workerData as ReadModelWorkerData;
const send = (message: FromProjectionWorker): void => parentPort?.postMessage(message);

const { readModels, entryUpcaster } = await loadProjections(declarations);
const ledger = new SqliteLedger(ledgerFile);
const live = new Map<string, ReadModelWriter>();
/** New generations that have not yet reached the entry of the one before. */
const adopting = new Map<string, { readonly file: ReadModelWriter; readonly head: number }>();

const toOpenedGeneration = (
  { generation: { name, generation }, entry }: ReadModelWriter,
  parked: readonly ParkedStream[],
): OpenedGeneration => ({
  name,
  generation,
  entry,
  parked,
});

const runner = new ProjectionRunner(new Projector(ledger, entryUpcaster), {
  onProjected(moved) {
    const files = moved.filter(({ file }) => live.get(file.model.name) === file);
    if (files.length > 0)
      send({ type: 'projected', files: files.map(({ file, parked }) => toOpenedGeneration(file, parked)) });
    for (const { file } of moved) switchGeneration(file.model.name);
  },
  onFailed(files, reason, error) {
    for (const file of files) {
      const { name, generation } = file.generation;
      // At a damaged entry the new generation stops where the old one did, and replaces it all the same.
      switchGeneration(name, runner.projector.lastReadableEntry);
      send({ type: 'failed', name, generation, reason, isDamaged: isDamageError(error) });
      if (adopting.get(name)?.file !== file) continue;
      adopting.delete(name);
      runner.remove(file);
      file.close();
    }
  },
  onRetry({ generation: { name } }, reason) {
    send({ type: 'retrying', name, reason });
  },
});

function adopt(name: string, generation: number): void {
  const model = readModels.find((model) => model.name === name);
  try {
    const file =
      model && ReadModelWriter.open(toGeneration(directory, name, model.version, generation), model);
    if (!file) throw new Error('its file is not complete');
    adopting.set(name, { file, head: runner.head });
    runner.add(file);
    runner.advanceTo(runner.head);
    switchGeneration(name);
  } catch (error) {
    if (!isTransientError(error))
      return send({ type: 'failed', name, generation, reason: getErrorMessage(error), isDamaged: false });
    send({ type: 'retrying', name, reason: getErrorMessage(error) });
    setTimeout(() => adopt(name, generation), RETRY_DELAY_MS).unref();
  }
}

/** Lets a new generation take over as soon as it has every entry that clients could read from the one before. */
function switchGeneration(name: string, ceiling = Infinity): void {
  const adopted = adopting.get(name);
  const before = live.get(name);
  if (!adopted || adopted.file.entry < Math.min(before?.entry ?? adopted.head, ceiling)) return;
  adopting.delete(name);
  live.set(name, adopted.file);
  if (before) {
    runner.remove(before);
    before.close();
  }
  send({ type: 'adopted', file: toOpenedGeneration(adopted.file, adopted.file.parked) });
}

/** Others removed or damaged the file, so what closing it may still throw says nothing new. */
function discard(name: string, generation: number): void {
  const file = live.get(name);
  if (file?.generation.generation !== generation) return;
  live.delete(name);
  runner.remove(file);
  try {
    file.close();
  } catch {
    // The file is built again from the ledger.
  }
}

/** Returns whether the read model has a file that can be served; retries later if that cannot be known now. */
function openLive(model: AnyReadModel): 'opened' | 'missing' | 'delayed' {
  try {
    const warn = (sentence: string): void => send({ type: 'warning', sentence });
    const file = openLiveGeneration(directory, model, ledger, warn);
    if (!file) return 'missing';
    live.set(model.name, file);
    return 'opened';
  } catch (error) {
    if (!isTransientError(error)) throw error;
    send({ type: 'retrying', name: model.name, reason: getErrorMessage(error) });
    setTimeout(() => openDelayed(model), RETRY_DELAY_MS).unref();
    return 'delayed';
  }
}

function openDelayed(model: AnyReadModel): void {
  if (live.has(model.name) || adopting.has(model.name)) return;
  const outcome = openLive(model);
  if (outcome === 'missing') send({ type: 'missing', name: model.name });
  const file = live.get(model.name);
  if (!file) return;
  send({ type: 'adopted', file: toOpenedGeneration(file, file.parked) });
  runner.add(file);
  runner.advanceTo(runner.head);
}

parentPort?.on('message', (message: ToProjectionWorker) => {
  switch (message.type) {
    case 'head':
      runner.advanceTo(message.head);
      break;
    case 'adopt':
      adopt(message.name, message.generation);
      break;
    case 'discard':
      discard(message.name, message.generation);
      break;
    case 'retire': {
      const { name, generation } = message;
      const version = live.get(name)?.model.version;
      if (version !== undefined)
        removeGeneration(directory, toGeneration(directory, name, version, generation));
      send({ type: 'retired', name, generation });
      break;
    }
    case 'close':
      // Messages arrive between batches, so no batch is interrupted.
      runner.stop();
      for (const file of live.values()) file.close();
      for (const { file } of adopting.values()) file.close();
      ledger.close();
      parentPort?.close();
  }
});

const delayed = readModels.filter((model) => openLive(model) === 'delayed').map(({ name }) => name);
const { entry: head } = ledger.getHead();
send({
  type: 'opened',
  files: [...live.values()].map((file) => toOpenedGeneration(file, file.parked)),
  delayed,
  head,
});
for (const file of live.values()) runner.add(file);
runner.advanceTo(head);
