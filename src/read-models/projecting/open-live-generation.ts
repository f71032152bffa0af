// Which files may be served, found out at the start.
import { DamagedEntryError } from '../../ledger/entry.js';
import type { Ledger } from '../../ledger/ledger.js';
import { type Generation, listGenerations, isEmpty, removeGeneration } from './generations.js';
import { ReadModelWriter } from './read-model-writer.js';
import type { AnyReadModel } from '../declaration/read-model.js';
import { toErrorMessage } from './entry-batches.js';

/**
 * The highest complete generation of the declared version whose checkpoint the ledger holds; whatever else there
 * is of this read model is removed. Undefined if there is none: then nothing is removed yet, so that a number
 * stays taken until the generation after it exists.
 */
export function openLiveGeneration(
  directory: string,
  model: AnyReadModel,
  ledger: Ledger,
  warn: (sentence: string) => void,
): ReadModelWriter | undefined {
  const generations = listGenerations(directory, model.name);
  for (const generation of generations) {
    if (generation.version !== model.version || isEmpty(generation)) continue;
    const file = tryOpen(generation, model, warn);
    if (!file) continue;
    if (isPositionInLedger(ledger, file)) {
      for (const other of generations) if (other !== generation) removeGeneration(directory, other);
      return file;
    }
    warn(`${generation.file} is folded anew: the ledger does not hold its checkpoint, entry ${file.entry}.`);
    file.close();
  }
  return undefined;
}

function tryOpen(generation: Generation, model: AnyReadModel, warn: (sentence: string) => void) {
  try {
    return ReadModelWriter.open(generation, model);
  } catch (error) {
    warn(`${generation.file} is folded anew, since it cannot be read: ${toErrorMessage(error)}.`);
    return undefined;
  }
}

/** Whether the ledger has the entry that the file has reached, with this leaf. */
export function isPositionInLedger(ledger: Ledger, { entry, leaf }: ReadModelWriter): boolean {
  if (entry === 0) return true;
  try {
    const held = ledger.findByNumber(entry)?.leaf;
    return held !== undefined && leaf !== null && held.equals(leaf);
  } catch (error) {
    // The entry's bytes went bad under its leaf: the ledger's trouble, and no reason to lose what was folded.
    if (error instanceof DamagedEntryError) return true;
    throw error;
  }
}
