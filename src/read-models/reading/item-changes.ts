// What changed for clients: the items of lists and the records whose content differs since an entry. The rows that
// were opened and closed name the items to compare, and the queries that answer GET give their content.
import type { ItemReference } from '../declaration/item-reference.js';
import type { Page } from '../declaration/paginate.js';
import type { AnyReadModel } from '../declaration/read-model.js';
import type { QueryRequest } from '../declaration/route.js';
import type { View } from '../declaration/view.js';
import type { ChangedEntry, RowVersionHistory } from './row-version-history.js';

/** An item that shows another content since an entry; null where it was or is not listed. */
export type ItemChange = {
  readonly entry: number;
  /** Identifies the item within the read model, and orders the changes of an entry. */
  readonly item: string;
  readonly query: string;
  readonly path: { readonly [name: string]: string };
  readonly key: ItemReference['key'];
  /** As of which day it shows `before` and `after`; null if that is the requested day. */
  readonly day: string | null;
  readonly before: unknown;
  readonly after: unknown;
};

/** Where a change is in the order of all changes of a read model. */
export type ItemChangePosition = { readonly entry: number; readonly item: string };

/** `from` is exclusive, `to` inclusive, and projected. */
export type ItemChangeRange = {
  readonly from: number;
  readonly to: number;
  /** Only what follows it. */
  readonly after?: ItemChangePosition;
  readonly limit: number;
  /** The day that the lists are read on. */
  readonly day: string;
};

/** `next` is the `after` of the page that follows; null on the last page. */
export type ItemChangePage = {
  readonly changes: readonly ItemChange[];
  readonly next: ItemChangePosition | null;
};

/** `end`: the changes at this entry and before it are complete. */
type EntryChanges = { readonly changes: readonly ItemChange[]; readonly end: number };

/**
 * What a page costs at most beside its limit: the rows and items that are compared without finding a change, and the
 * characters of the changes. A page that ends early has a next one.
 */
const COMPARISONS_MAX = 10_000;
const CHARACTERS_MAX = 1024 * 1024;

/** Follows every item in the order of changes: items are JSON arrays, which begin with `[`. */
const AFTER_ALL_ITEMS = '~';

export class ItemChanges {
  readonly #model: AnyReadModel;
  readonly #versions: RowVersionHistory;
  readonly #createView: (entry: number) => View;

  /** `versions` is of the tables that `model.shownIn` has. */
  constructor(model: AnyReadModel, versions: RowVersionHistory, createView: (entry: number) => View) {
    this.#model = model;
    this.#versions = versions;
    this.#createView = createView;
  }

  /** What changed between two entries, by entry and item. */
  changes({ from, to, after, limit, day }: ItemChangeRange): ItemChangePage {
    const changes: ItemChange[] = [];
    let [compared, characters] = [0, 0];
    let position: ItemChangePosition = after ?? { entry: from, item: AFTER_ALL_ITEMS };
    const isEntryDone = after?.item === AFTER_ALL_ITEMS;
    const start = after ? after.entry - (isEntryDone ? 0 : 1) : from;
    for (const changed of this.#versions.changedEntries(start, to)) {
      if (compared >= COMPARISONS_MAX) return { changes, next: position };
      const { entry } = changed;
      for (const [item, reference] of this.#findItems(changed)) {
        if (entry === after?.entry && item <= after.item) continue;
        if (compared++ >= COMPARISONS_MAX) return { changes, next: position };
        const found = this.#compare(entry, item, reference, day);
        if (found) {
          characters += found.size;
          if (changes.length === limit || (changes.length > 0 && characters > CHARACTERS_MAX))
            return { changes, next: position };
          changes.push(found.change);
        }
        position = { entry, item };
      }
      if (entry !== after?.entry) compared += changed.rows.length;
      position = { entry, item: AFTER_ALL_ITEMS };
    }
    return { changes, next: null };
  }

  /** What changed at each of these entries, which ascend; at the first of them if it is more than one page. */
  changesAt({ entries, day }: { entries: readonly number[]; day: string }): EntryChanges {
    const changes: ItemChange[] = [];
    let [compared, characters] = [0, 0];
    for (const changed of this.#versions.changesAtEntries(entries)) {
      for (const [item, reference] of this.#findItems(changed)) {
        compared++;
        const found = this.#compare(changed.entry, item, reference, day);
        if (!found) continue;
        characters += found.size;
        changes.push(found.change);
      }
      compared += changed.rows.length;
      if (compared > COMPARISONS_MAX || characters > CHARACTERS_MAX) return { changes, end: changed.entry };
    }
    return { changes, end: Infinity };
  }

  /** The items that may have changed, each once, in order. */
  #findItems({ entry, rows }: ChangedEntry): readonly (readonly [item: string, ItemReference])[] {
    const [viewBefore, viewAfter] = [this.#createView(entry - 1), this.#createView(entry)];
    const found = new Map<string, ItemReference>();
    for (const { table, before, after } of rows) {
      const findItems = this.#model.shownIn[table];
      for (const reference of [
        ...(before ? (findItems?.(before as never, viewBefore) ?? []) : []),
        ...(after ? (findItems?.(after as never, viewAfter) ?? []) : []),
      ]) {
        const { query, path = {}, key, days = [] } = reference;
        const item = JSON.stringify([query, ...Object.values(path), ...Object.values(key)]);
        const known = found.get(item);
        found.set(item, known ? { ...known, days: [...(known.days ?? []), ...days] } : reference);
      }
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #compare(entry: number, item: string, reference: ItemReference, day: string) {
    for (let shown: ItemReference | undefined = reference; shown; shown = shown.otherwise)
      for (const date of shown.choosesDay ? [''] : [day, ...listDays(shown, day)]) {
        const [before, after] = [this.#read(entry - 1, shown, date), this.#read(entry, shown, date)];
        const [textBefore, textAfter] = [JSON.stringify(before), JSON.stringify(after)];
        if (textBefore === textAfter) continue;
        const { query, path = {}, key } = shown;
        const change: ItemChange = {
          entry,
          item,
          query,
          path,
          key,
          day: date === day || shown.choosesDay ? null : date,
          before,
          after,
        };
        return { change, size: textBefore.length + textAfter.length };
      }
    return undefined;
  }

  #read(entry: number, { query, path = {}, key, only = key, isWhole }: ItemReference, day: string): unknown {
    const declared = this.#model.queries[query];
    if (!declared) throw new TypeError(`${this.#model.name} has no query '${query}'.`);
    const request: QueryRequest = {
      path,
      filters: {},
      day,
      languages: [],
      limit: 1,
      ...(!isWhole && { only }),
    };
    const result = declared.run(this.#createView(entry), request as never);
    return (isWhole ? result : (result as Page<object> | undefined)?.items[0]) ?? null;
  }
}

const listDays = ({ days = [] }: ItemReference, today: string): readonly string[] =>
  [...new Set(days)]
    .filter((day) => day !== null)
    .filter((day) => day !== today)
    .sort()
    .reverse();
