// A thread for queries that read many rows. It answers in the order in which it is asked.
import { parentPort, workerData } from 'node:worker_threads';
import { loadDeclarations } from '../declaration/load-projections.js';
import { generationAt } from '../projecting/generations.js';
import type { FromReader, ThreadData, ToReader } from '../worker-messages.js';
import { Reader } from './read-model-reader.js';
import { sentence } from '../projecting/entry-batches.js';

const { directory, declarations } = workerData as ThreadData;
const { readModels } = await loadDeclarations(declarations);
/** By name: the generation that was asked for last. */
const readers = new Map<string, { readonly generation: number; readonly reader: Reader }>();

function readerOf(name: string, generation: number): Reader {
  const open = readers.get(name);
  if (open?.generation === generation) return open.reader;
  const model = readModels.find((model) => model.name === name);
  if (!model) throw new TypeError(`There is no read model '${name}'.`);
  const reader = new Reader(generationAt(directory, name, model.version, generation).file, model);
  open?.reader.close();
  readers.set(name, { generation, reader });
  return reader;
}

function answered(message: ToReader): FromReader {
  try {
    if (message.type === 'ask') {
      const { name, generation, query, parameters, entry } = message;
      return { type: 'answer', answer: readerOf(name, generation).ask(query, parameters, entry) };
    }
    if (message.type === 'history') {
      const { name, generation, query, asked } = message;
      return { type: 'answer', answer: readerOf(name, generation).history[query](asked as never) };
    }
    const open = message.type === 'retire' ? readers.get(message.name) : undefined;
    if (message.type === 'retire' && open?.generation === message.generation) {
      open.reader.close();
      readers.delete(message.name);
    }
    return { type: 'retired' };
  } catch (error) {
    return { type: 'error', error: error instanceof Error ? error : new Error(sentence(error)) };
  }
}

parentPort?.on('message', (message: ToReader) => {
  if (message.type === 'close') {
    for (const { reader } of readers.values()) reader.close();
    parentPort?.close();
    return;
  }
  const answer = answered(message);
  try {
    parentPort?.postMessage(answer);
  } catch (error) {
    // The answer, or what the query threw, is not plain data.
    parentPort?.postMessage({ type: 'error', error: new Error(sentence(error)) } satisfies FromReader);
  }
});
