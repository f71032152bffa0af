// Which files may be served, found out at the start.
import { DamagedEntry } from '../../ledger/entry.js';
import type { Ledger } from '../../ledger/ledger.js';
import { type Generation, generationsOf, isEmpty, retire } from './generations.js';
import { ModelFile } from './read-model-writer.js';
import type { AnyReadModel } from '../declaration/read-model.js';
import { sentence } from './entry-batches.js';

/**
 * The highest complete generation of the declared version whose checkpoint the ledger holds; whatever else there
 * is of this read model is removed. Undefined if there is none: then nothing is removed yet, so that a number
 * stays taken until the generation after it exists.
 */
export function liveFile(
  directory: string,
  model: AnyReadModel,
  ledger: Ledger,
  warn: (sentence: string) => void,
): ModelFile | undefined {
  const generations = generationsOf(directory, model.name);
  for (const generation of generations) {
    if (generation.version !== model.version || isEmpty(generation)) continue;
    const file = opened(generation, model, warn);
    if (!file) continue;
    if (holds(ledger, file)) {
      for (const other of generations) if (other !== generation) retire(directory, other);
      return file;
    }
    warn(`${generation.file} is folded anew: the ledger does not hold its checkpoint, entry ${file.entry}.`);
    file.close();
  }
  return undefined;
}

function opened(generation: Generation, model: AnyReadModel, warn: (sentence: string) => void) {
  try {
    return ModelFile.open(generation, model);
  } catch (error) {
    warn(`${generation.file} is folded anew, since it cannot be read: ${sentence(error)}.`);
    return undefined;
  }
}

/** Whether the ledger has the entry that the file has reached, with this leaf. */
export function holds(ledger: Ledger, { entry, leaf }: ModelFile): boolean {
  if (entry === 0) return true;
  try {
    const held = ledger.byEntry(entry)?.leaf;
    return held !== undefined && leaf !== null && held.equals(leaf);
  } catch (error) {
    // The entry's bytes went bad under its leaf: the ledger's trouble, and no reason to lose what was folded.
    if (error instanceof DamagedEntry) return true;
    throw error;
  }
}
