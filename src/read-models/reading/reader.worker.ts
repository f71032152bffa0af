// A thread for queries that read many rows. It replies in the order of the requests.
import { getErrorMessage } from '../../errors/get-error-message.js';
import { parentPort, workerData } from 'node:worker_threads';
import { getSqliteCode } from '../../ledger/sqlite/sqlite-errors.js';
import { loadProjections } from '../declaration/load-projections.js';
import { toGeneration } from '../projecting/generations.js';
import type { FromReaderWorker, ReadModelWorkerData, ToReaderWorker } from '../worker-messages.js';
import { GenerationReader } from './generation-reader.js';

const { directory, declarations } = workerData as ReadModelWorkerData;
const { readModels } = await loadProjections(declarations);
/** By name: the generation that was requested last. */
const readers = new Map<string, { readonly generation: number; readonly reader: GenerationReader }>();

function getReader(name: string, generation: number): GenerationReader {
  const open = readers.get(name);
  if (open?.generation === generation) return open.reader;
  const model = readModels.find((model) => model.name === name);
  if (!model) throw new TypeError(`There is no read model '${name}'.`);
  const reader = new GenerationReader(toGeneration(directory, name, model.version, generation).file, model);
  open?.reader.close();
  readers.set(name, { generation, reader });
  return reader;
}

function handleRequest(message: ToReaderWorker): FromReaderWorker {
  try {
    if (message.type === 'query') {
      const { name, generation, query, parameters, entry } = message;
      return { type: 'result', result: getReader(name, generation).query(query, parameters, entry) };
    }
    if (message.type === 'history') {
      const { name, generation, query, parameters } = message;
      return { type: 'result', result: getReader(name, generation).history[query](parameters as never) };
    }
    const open = message.type === 'retire' ? readers.get(message.name) : undefined;
    if (message.type === 'retire' && open?.generation === message.generation) {
      open.reader.close();
      readers.delete(message.name);
    }
    return { type: 'retired' };
  } catch (error) {
    return {
      type: 'error',
      error: error instanceof Error ? error : new Error(getErrorMessage(error)),
      code: getSqliteCode(error),
    };
  }
}

parentPort?.on('message', (message: ToReaderWorker) => {
  if (message.type === 'close') {
    for (const { reader } of readers.values()) reader.close();
    parentPort?.close();
    return;
  }
  const reply = handleRequest(message);
  try {
    parentPort?.postMessage(reply);
  } catch (error) {
    // The result, or the error that the query threw, is not plain data.
    parentPort?.postMessage({
      type: 'error',
      error: new Error(getErrorMessage(error)),
      code: '',
    } satisfies FromReaderWorker);
  }
});
