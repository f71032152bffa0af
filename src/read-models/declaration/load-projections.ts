// What a thread must load for itself, since functions do not cross threads.
import { type EventReader, createEventReader } from '../../ledger/event-reader.js';
import type { AnyReadModel } from './read-model.js';

/** What the module exports whose URL the engine is given. */
export type ProjectionModule = {
  readonly readModels: readonly AnyReadModel[];
  /** By default every fact has the first shape. */
  readonly read?: EventReader;
};

export async function loadProjections(url: string): Promise<Required<ProjectionModule>> {
  const { readModels, read = createEventReader({}) } = (await import(url)) as ProjectionModule;
  const names = readModels.map(({ name }) => name);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice) throw new TypeError(`Two read models are named '${twice}'.`);
  return { readModels, read };
}
