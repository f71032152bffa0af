// Finds the files that may be served, at the start.
import { getErrorMessage } from '../../errors/get-error-message.js';
import { DamagedEntryError } from '../../ledger/entry.js';
import type { Ledger } from '../../ledger/ledger.js';
import { isTransientError } from '../file-errors.js';
import { type Generation, listGenerations, hasEmptyFile, removeGeneration } from './generations.js';
import { ReadModelWriter } from './read-model-writer.js';
import type { AnyReadModel } from '../declaration/read-model.js';

/**
 * Opens the highest complete generation of the declared version whose position the ledger has, and removes all others of
 * this read model. Undefined if there is none: then nothing is removed yet, so that a number stays taken until the next
 * generation exists. Throws a transient error, such as that of a full disk, which says nothing about the files.
 */
export function openLiveGeneration(
  directory: string,
  model: AnyReadModel,
  ledger: Ledger,
  warn: (sentence: string) => void,
): ReadModelWriter | undefined {
  const generations = listGenerations(directory, model.name);
  for (const generation of generations) {
    if (generation.version !== model.version || hasEmptyFile(generation)) continue;
    const file = tryOpen(generation, model, warn);
    if (!file) continue;
    if (isPositionInLedger(ledger, file)) {
      for (const other of generations) if (other !== generation) removeGeneration(directory, other);
      return file;
    }
    warn(`${generation.file} is rebuilt: the ledger does not have its position, entry ${file.entry}.`);
    file.close();
  }
  return undefined;
}

function tryOpen(generation: Generation, model: AnyReadModel, warn: (sentence: string) => void) {
  try {
    return ReadModelWriter.open(generation, model);
  } catch (error) {
    if (isTransientError(error)) throw error;
    warn(`${generation.file} is rebuilt, since it cannot be read: ${getErrorMessage(error)}.`);
    return undefined;
  }
}

/** Whether the ledger has the entry that the file has reached, with the same leaf hash. */
export function isPositionInLedger(ledger: Ledger, { entry, leaf }: ReadModelWriter): boolean {
  if (entry === 0) return true;
  try {
    const leafInLedger = ledger.findByNumber(entry)?.leaf;
    return leafInLedger !== undefined && leaf !== null && leafInLedger.equals(leaf);
  } catch (error) {
    // The entry is damaged, its leaf is not: a fault of the ledger, and no reason to discard what was projected.
    if (error instanceof DamagedEntryError) return true;
    throw error;
  }
}
