// What a thread must load for itself, since functions do not cross threads.
import { type Read, reading } from '../../ledger/event-reader.js';
import type { AnyReadModel } from './read-model.js';

/** What the module exports whose URL the engine is given. */
export type Declarations = {
  readonly readModels: readonly AnyReadModel[];
  /** By default every fact has the first shape. */
  readonly read?: Read;
};

export async function loadDeclarations(url: string): Promise<Required<Declarations>> {
  const { readModels, read = reading({}) } = (await import(url)) as Declarations;
  const names = readModels.map(({ name }) => name);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice) throw new TypeError(`Two read models are named '${twice}'.`);
  return { readModels, read };
}
