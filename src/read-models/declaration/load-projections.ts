// Loads the read models in the thread that needs them, since functions cannot be sent to another thread.
import { type EntryUpcaster, createEntryUpcaster } from '../../ledger/entry-upcasting.js';
import type { AnyReadModel } from './read-model.js';

/** The exports of the module whose URL the engine is given. */
type ProjectionModule = {
  readonly readModels: readonly AnyReadModel[];
  /** By default no event is upcast. */
  readonly entryUpcaster?: EntryUpcaster;
};

export async function loadProjections(url: string): Promise<Required<ProjectionModule>> {
  const { readModels, entryUpcaster = createEntryUpcaster({}) } = (await import(url)) as ProjectionModule;
  const names = readModels.map(({ name }) => name);
  const duplicate = names.find((name, n) => names.indexOf(name) !== n);
  if (duplicate) throw new TypeError(`Two read models are named '${duplicate}'.`);
  return { readModels, entryUpcaster };
}
