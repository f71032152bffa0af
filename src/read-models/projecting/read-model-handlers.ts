// The handlers of a read model, its own and those of the parts that it includes, by event type.
import type { Fact } from '../../eventsourcing/amendments.js';
import type { SelectedTypes } from './amended-facts.js';
import type { AnyReadModel, AnyRowStores, ChangedFacts, Handler } from '../declaration/read-model.js';

/** A handler threw. `fact` is the event that it could not apply. */
export class FailedHandler {
  constructor(
    readonly fact: Fact,
    readonly error: unknown,
  ) {}
}

type TypeHandlers = {
  readonly handlers: readonly Handler[];
  readonly isStandalone: boolean;
};

/** A type that no read model names: only where all types stand alone, it does. */
const ANY_TYPE = '';

export class ReadModelHandlers {
  readonly #model: AnyReadModel;
  /** By event type; filled as types occur. */
  readonly #types = new Map<string, TypeHandlers>();

  constructor(model: AnyReadModel) {
    this.#model = model;
  }

  handles(type: string): boolean {
    return this.#get(type).handlers.length > 0;
  }

  /** Whether rows of events of this type are read and changed by no other event. */
  isStandalone(type: string): boolean {
    return this.#get(type).isStandalone;
  }

  /** The types of events that this read model handles and whose rows depend on each other. */
  get dependentTypes(): SelectedTypes {
    const parts = this.#model.handlers;
    if (parts.some(({ whenever, isStandalone }) => whenever && !isStandalone(ANY_TYPE))) return 'all';
    const types = new Set(parts.flatMap(({ when }) => Object.keys(when)));
    return [...types].filter((type) => !this.isStandalone(type));
  }

  /** Puts the rows that handlers make of events that become readable together. */
  apply(facts: readonly Fact[], rows: AnyRowStores): FailedHandler | undefined {
    for (const fact of facts)
      for (const handler of this.#get(fact.type).handlers)
        try {
          handler(fact, rows);
        } catch (error) {
          return new FailedHandler(fact, error);
        }
    return undefined;
  }

  /** Puts and deletes the rows that follow from several events, after the handlers of all of them. */
  deriveRows({ removed, added }: ChangedFacts, rows: AnyRowStores): FailedHandler | undefined {
    for (const { deriveRows, when } of this.#model.handlers) {
      if (!deriveRows) continue;
      const isHandled = ({ type }: Fact): boolean => Object.hasOwn(when, type);
      const changed = { removed: removed.filter(isHandled), added: added.filter(isHandled) };
      const last = changed.added.at(-1) ?? changed.removed.at(-1);
      if (!last) continue;
      try {
        deriveRows(changed, rows);
      } catch (error) {
        return new FailedHandler(last, error);
      }
    }
    return undefined;
  }

  #get(type: string): TypeHandlers {
    let found = this.#types.get(type);
    if (!found) {
      const parts = this.#model.handlers.filter(
        ({ when, whenever }) => Object.hasOwn(when, type) || whenever !== undefined,
      );
      found = {
        handlers: parts
          .flatMap(({ when, whenever }) => [Object.hasOwn(when, type) ? when[type] : undefined, whenever])
          .filter((handler) => handler !== undefined),
        isStandalone: parts.every((part) => part.isStandalone(type)),
      };
      this.#types.set(type, found);
    }
    return found;
  }
}
