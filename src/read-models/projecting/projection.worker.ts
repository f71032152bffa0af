// The thread that owns the live files. See messages.ts for what it is told and what it says.
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { loadDeclarations } from '../declaration/load-projections.js';
import { FoldLoop, isPassing, PAUSE_MS } from './projection-runner.js';
import { Folding } from './projector.js';
import { generationAt, retire } from './generations.js';
import { liveFile } from './open-live-generation.js';
import type { FromFolding, Opened, ThreadData, ToFolding } from '../worker-messages.js';
import { ModelFile, type Parked } from './read-model-writer.js';
import { sentence } from './entry-batches.js';

const { directory, ledgerFile, declarations } = workerData as ThreadData;
const say = (message: FromFolding): void => parentPort?.postMessage(message);

const { readModels, read } = await loadDeclarations(declarations);
const ledger = new SqliteLedger(ledgerFile);
const live = new Map<string, ModelFile>();
/** New generations on their way to the entry that the one before had reached. */
const adopting = new Map<string, { readonly file: ModelFile; readonly head: number }>();

const told = ({ generation: { name, generation }, entry }: ModelFile, parked: readonly Parked[]): Opened => ({
  name,
  generation,
  entry,
  parked,
});

const loop = new FoldLoop(new Folding(ledger, read), {
  folded(moved) {
    const files = moved.filter(({ file }) => live.get(file.model.name) === file);
    if (files.length > 0) say({ type: 'folded', files: files.map(({ file, parked }) => told(file, parked)) });
    for (const { file } of moved) switchTo(file.model.name);
  },
  failed(files, reason) {
    for (const file of files) {
      const { name, generation } = file.generation;
      // At a damaged entry the new generation stops where the old one did, and replaces it all the same.
      switchTo(name, loop.folding.ceiling);
      say({ type: 'failed', name, generation, reason });
      if (adopting.get(name)?.file !== file) continue;
      adopting.delete(name);
      loop.remove(file);
      file.close();
    }
  },
  troubled({ generation: { name, generation } }, reason) {
    say({ type: 'troubled', name, generation, reason });
  },
});

function adopt(name: string, generation: number): void {
  const model = readModels.find((model) => model.name === name);
  try {
    const file = model && ModelFile.open(generationAt(directory, name, model.version, generation), model);
    if (!file) throw new Error('its file is not complete');
    adopting.set(name, { file, head: loop.head });
    loop.add(file);
    loop.toward(loop.head);
    switchTo(name);
  } catch (error) {
    if (!isPassing(error)) return say({ type: 'failed', name, generation, reason: sentence(error) });
    say({ type: 'troubled', name, generation, reason: sentence(error) });
    setTimeout(() => adopt(name, generation), PAUSE_MS).unref();
  }
}

/** Lets a new generation take over as soon as nobody could tell that it is younger. */
function switchTo(name: string, ceiling = Infinity): void {
  const adopted = adopting.get(name);
  const before = live.get(name);
  if (!adopted || adopted.file.entry < Math.min(before?.entry ?? adopted.head, ceiling)) return;
  adopting.delete(name);
  live.set(name, adopted.file);
  if (before) {
    loop.remove(before);
    before.close();
  }
  say({ type: 'adopted', file: told(adopted.file, adopted.file.parked) });
}

parentPort?.on('message', (message: ToFolding) => {
  switch (message.type) {
    case 'head':
      loop.toward(message.head);
      break;
    case 'adopt':
      adopt(message.name, message.generation);
      break;
    case 'retire': {
      const { name, generation } = message;
      const version = live.get(name)?.model.version;
      if (version !== undefined) retire(directory, generationAt(directory, name, version, generation));
      say({ type: 'retired', name, generation });
      break;
    }
    case 'close':
      // Messages arrive between batches: none is cut short.
      loop.stop();
      for (const file of live.values()) file.close();
      for (const { file } of adopting.values()) file.close();
      ledger.close();
      parentPort?.close();
  }
});

for (const model of readModels) {
  const file = liveFile(directory, model, ledger, (sentence) => say({ type: 'warning', sentence }));
  if (file) live.set(model.name, file);
}
const { entry: head } = ledger.head();
say({ type: 'opened', files: [...live.values()].map((file) => told(file, file.parked)), head });
for (const file of live.values()) loop.add(file);
loop.toward(head);
