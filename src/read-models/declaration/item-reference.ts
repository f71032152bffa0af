// Where a row of a read model is shown: what the audit of changes publishes instead of the row.
import type { SqlValue, View } from './view.js';

/**
 * One item of a list that GET serves, or one record. `before` and `after` of a change are what the query returns for
 * it as of the entry before and as of the entry itself, so they are what a client was shown.
 */
export type ItemReference = {
  /** The query of the list, of the record, or of a part of a record. */
  readonly query: string;
  /** The parts of the route's path. */
  readonly path?: { readonly [name: string]: string };
  /** Members of the item that identify it in its list. */
  readonly key: { readonly [member: string]: SqlValue };
  /** The result columns that `paginate` finds the item by, where they are not the members of `key`. */
  readonly only?: { readonly [column: string]: SqlValue };
  /** The reference is to the whole result of the query, not to an item of a page. */
  readonly isWhole?: boolean;
  /**
   * Days on which the list begins or ceases to show something of the row. A change that the list does not show today is
   * published as of the latest of these days on which the list shows it.
   */
  readonly days?: readonly (string | null)[];
  /** The list chooses its days itself where no day is requested (Route.isDayOptional). */
  readonly choosesDay?: boolean;
  /** Where a change is published that this list does not show on any of the days. */
  readonly otherwise?: ItemReference;
};

/**
 * The items that may show another content since this row was opened or closed. `view` is as of an entry at which the
 * row is there. Items whose content is equal before and after are left out by the engine.
 */
export type FindItemsShowingRow = (row: never, view: View) => readonly ItemReference[];
