// What a thread must load for itself, since functions do not cross threads.
import type { Recorded } from '../eventsourcing/message.js';
import { type Entry, recorded } from '../ledger/entry.js';
import type { AnyReadModel } from './read-model.js';

/** What the module exports whose URL the engine is given. */
export type Declarations = {
  readonly readModels: readonly AnyReadModel[];
  /** From stored bytes to the fact as it reads today: open, upcast, parse. By default the bytes are the fact. */
  readonly read?: (entry: Entry) => Recorded;
};

export async function loadDeclarations(url: string): Promise<Required<Declarations>> {
  const { readModels, read = recorded } = (await import(url)) as Declarations;
  const names = readModels.map(({ name }) => name);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice) throw new TypeError(`Two read models are named '${twice}'.`);
  return { readModels, read };
}
