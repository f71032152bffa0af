// How a read model is declared: its tables, what each event does to their rows, its queries.
import { AMENDMENT_TYPES, type Fact } from '../../eventsourcing/amendments.js';
import type { AnyEvent } from '../../eventsourcing/message.js';
import type { FindItemsShowingRow } from './item-reference.js';
import type { Queries } from './query.js';
import type { RowStore, RowStores, Table, Tables } from './table.js';
import { TableSchema } from './table-schema.js';

/**
 * What each event does to the rows. Handlers are pure: they depend on the fact and the rows alone. One that
 * throws, or puts a row that its table does not allow, parks its stream in this read model and has no other effect.
 */
type HandlersByType<E extends AnyEvent, T extends Tables> = {
  readonly [Type in E['type']]?: (fact: Fact<Extract<E, { type: Type }>>, rows: RowStores<T>) => void;
};

/** Called for events of every type, after the handler of the type. */
type EveryEventHandler<T extends Tables> = (fact: Fact, rows: RowStores<T>) => void;

/** Facts in record order. One that an amendment changed is removed with what it said and added with what it says now. */
export type ChangedFacts<E extends AnyEvent = AnyEvent> = {
  /** The rows that handlers had put of these are deleted. */
  readonly removed: readonly Fact<E>[];
  /** The rows that handlers put of these are there. */
  readonly added: readonly Fact<E>[];
};

/**
 * Puts and deletes rows that follow from several events. Called once for events that become readable together, after the handlers
 * of all of them, with those that `when` handles. What an earlier call has put is there until a call deletes it.
 */
type DeriveRows<E extends AnyEvent, T extends Tables> = (
  changed: ChangedFacts<E>,
  rows: RowStores<T>,
) => void;

/** What handlers do, beside the tables. */
type DeclaredHandlers<E extends AnyEvent, T extends Tables> = {
  readonly when?: HandlersByType<E, T>;
  readonly whenever?: EveryEventHandler<T>;
  readonly deriveRows?: DeriveRows<E, T>;
  /**
   * The types of events of which handlers put rows that no other event reads or changes, but in `deriveRows`; an
   * amendment of one projects that event again and no other. By default the events of a stream depend on each other: an
   * amendment of one projects all of them again.
   */
  readonly standalone?: 'all' | readonly E['type'][];
};

// A declaration as the engine sees it, without the types of its events, rows and queries.
export type AnyRowStores = { readonly [table: string]: RowStore<Table> };
export type Handler = (fact: Fact, rows: AnyRowStores) => void;
type Handlers = {
  readonly when: { readonly [type: string]: Handler | undefined };
  readonly whenever: Handler | undefined;
  readonly deriveRows: ((changed: ChangedFacts, rows: AnyRowStores) => void) | undefined;
  readonly isStandalone: (type: string) => boolean;
};
type SharedTables = { readonly tables: Tables; readonly handlers: Handlers };
export type ReadModel<Q extends Queries = Queries> = {
  readonly name: string;
  readonly version: number;
  /** Its own tables and those of the parts that it includes. */
  readonly tables: Tables;
  /** The handlers of the parts that it includes, in order, then its own. */
  readonly handlers: readonly Handlers[];
  readonly queries: Q;
  /** By table. Rows of tables that are not among them are shown nowhere by themselves. */
  readonly shownIn: { readonly [table: string]: FindItemsShowingRow };
};
export type AnyReadModel = ReadModel;

// Each handler takes only facts of its own event type and rows of its own tables, and is given no others.
function toHandlers({
  when = {},
  whenever,
  deriveRows,
  standalone = [],
}: {
  readonly when?: object;
  readonly whenever?: unknown;
  readonly deriveRows?: unknown;
  readonly standalone?: 'all' | readonly string[];
}): Handlers {
  for (const type in when)
    if (AMENDMENT_TYPES.has(type))
      throw new TypeError(
        `A read model cannot handle ${type}: amendments are applied to the events that they amend.`,
      );
  return {
    when: when as Handlers['when'],
    whenever: whenever as Handlers['whenever'],
    deriveRows: deriveRows as Handlers['deriveRows'],
    isStandalone: (type) => standalone === 'all' || standalone.includes(type),
  };
}

/** Tables that several read models need, with their handlers: projected into the file of each that includes them. */
export const defineSharedTables =
  <E extends AnyEvent>() =>
  <T extends Tables>(declared: DeclaredHandlers<E, T> & { readonly tables: T }): SharedTables => ({
    tables: declared.tables,
    handlers: toHandlers(declared),
  });

/**
 * `defineReadModel<Events>()({ ... })`. The version must rise whenever the rows change that a ledger leads to: its file
 * is then projected again, which is the only migration there is.
 */
export const defineReadModel =
  <E extends AnyEvent>() =>
  <T extends Tables, Q extends Queries>(
    declared: DeclaredHandlers<E, T> & {
      readonly name: string;
      readonly version: number;
      readonly tables: T;
      readonly include?: readonly SharedTables[];
      readonly queries: Q;
      /** For each table, its own or included: the items that show its rows. */
      readonly shownIn?: { readonly [table: string]: FindItemsShowingRow };
    },
  ): ReadModel<Q> => {
    const { name, version, include = [], queries, shownIn = {} } = declared;
    if (!/^[a-z][a-z-]*$/.test(name)) throw new TypeError(`A read model cannot be named '${name}'.`);
    if (!Number.isSafeInteger(version) || version < 1)
      throw new TypeError(`${name} has no version ${version}.`);
    const tables: Record<string, Table> = {};
    for (const [table, declaration] of [...include, declared].flatMap((part) =>
      Object.entries(part.tables),
    )) {
      if (tables[table]) throw new TypeError(`${name} declares the table '${table}' twice.`);
      tables[table] = new TableSchema(table, declaration).table;
    }
    for (const table of Object.keys(shownIn))
      if (!tables[table]) throw new TypeError(`${name} has no table '${table}' to be shown.`);
    const handlers = [...include.map((part) => part.handlers), toHandlers(declared)];
    return { name, version, tables, handlers, queries, shownIn };
  };
