// A thread for queries that read many rows. It answers in the order in which it is asked.
import { parentPort, workerData } from 'node:worker_threads';
import { loadProjections } from '../declaration/load-projections.js';
import { toGeneration } from '../projecting/generations.js';
import type { FromReaderWorker, WorkerData, ToReaderWorker } from '../worker-messages.js';
import { ReadModelReader } from './read-model-reader.js';
import { toErrorMessage } from '../projecting/entry-batches.js';

const { directory, declarations } = workerData as WorkerData;
const { readModels } = await loadProjections(declarations);
/** By name: the generation that was asked for last. */
const readers = new Map<string, { readonly generation: number; readonly reader: ReadModelReader }>();

function getReader(name: string, generation: number): ReadModelReader {
  const open = readers.get(name);
  if (open?.generation === generation) return open.reader;
  const model = readModels.find((model) => model.name === name);
  if (!model) throw new TypeError(`There is no read model '${name}'.`);
  const reader = new ReadModelReader(toGeneration(directory, name, model.version, generation).file, model);
  open?.reader.close();
  readers.set(name, { generation, reader });
  return reader;
}

function handleRequest(message: ToReaderWorker): FromReaderWorker {
  try {
    if (message.type === 'ask') {
      const { name, generation, query, parameters, entry } = message;
      return { type: 'answer', answer: getReader(name, generation).query(query, parameters, entry) };
    }
    if (message.type === 'history') {
      const { name, generation, query, asked } = message;
      return { type: 'answer', answer: getReader(name, generation).history[query](asked as never) };
    }
    const open = message.type === 'retire' ? readers.get(message.name) : undefined;
    if (message.type === 'retire' && open?.generation === message.generation) {
      open.reader.close();
      readers.delete(message.name);
    }
    return { type: 'retired' };
  } catch (error) {
    return { type: 'error', error: error instanceof Error ? error : new Error(toErrorMessage(error)) };
  }
}

parentPort?.on('message', (message: ToReaderWorker) => {
  if (message.type === 'close') {
    for (const { reader } of readers.values()) reader.close();
    parentPort?.close();
    return;
  }
  const answer = handleRequest(message);
  try {
    parentPort?.postMessage(answer);
  } catch (error) {
    // The answer, or what the query threw, is not plain data.
    parentPort?.postMessage({
      type: 'error',
      error: new Error(toErrorMessage(error)),
    } satisfies FromReaderWorker);
  }
});
