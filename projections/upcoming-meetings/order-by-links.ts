// Topological order in time that grows with the number of links, not with the square of the number of items.

/** One comes before the other. */
export type Link = { readonly earlier: string; readonly later: string };
type OrderedByLinks<Item> = {
  readonly ordered: readonly Item[];
  /** The ids that come before themselves. */
  readonly cyclic: ReadonlySet<string>;
};

/**
 * Among the items that no other one must precede, the first one that was given comes next. Links may lead over ids that
 * are no items. Items that precede each other, in a cycle, keep the order in which they were given.
 */
export function orderByLinks<Item>(
  items: readonly Item[],
  getId: (item: Item) => string,
  links: readonly Link[],
): OrderedByLinks<Item> {
  const ids = new Set([...items.map(getId), ...links.flatMap(({ earlier, later }) => [earlier, later])]);
  const followers = groupLinks(links, ({ earlier, later }) => [earlier, later]);
  const components = findComponents(
    ids,
    followers,
    groupLinks(links, ({ earlier, later }) => [later, earlier]),
  );
  const sizes = countValues(components.values());
  const cyclic = new Set(
    [...ids].filter(
      (id) => (sizes.get(components.get(id) ?? -1) ?? 0) > 1 || (followers.get(id) ?? []).includes(id),
    ),
  );
  const graph = links
    .map(({ earlier, later }) => [components.get(earlier) ?? -1, components.get(later) ?? -1] as const)
    .filter(([from, to]) => from !== to);
  const order = orderComponents(
    items.map((item) => components.get(getId(item)) ?? -1),
    graph,
    sizes.size,
  );
  return { ordered: order.flatMap((index) => items[index] ?? []), cyclic };
}

function groupLinks(
  links: readonly Link[],
  toPair: (link: Link) => readonly [from: string, to: string],
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const link of links) {
    const [from, to] = toPair(link);
    const group = groups.get(from);
    if (group) group.push(to);
    else groups.set(from, [to]);
  }
  return groups;
}

function countValues(values: Iterable<number>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** The number of the strongly connected component of each id (Kosaraju), counted from 0. */
function findComponents(
  ids: ReadonlySet<string>,
  followers: ReadonlyMap<string, readonly string[]>,
  predecessors: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, number> {
  const finished: string[] = [];
  const visited = new Set<string>();
  for (const id of ids) visitDepthFirst(id, followers, visited, (each) => finished.push(each));
  const components = new Map<string, number>();
  const assigned = new Set<string>();
  let count = 0;
  for (const id of finished.reverse())
    if (visitDepthFirst(id, predecessors, assigned, (each) => components.set(each, count))) count++;
  return components;
}

/** Calls `leave` for each id that is reached, after those behind it. Without recursion: a chain may be long. */
function visitDepthFirst(
  start: string,
  edges: ReadonlyMap<string, readonly string[]>,
  visited: Set<string>,
  leave: (id: string) => void,
): boolean {
  if (visited.has(start)) return false;
  visited.add(start);
  const path = [{ id: start, next: 0 }];
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const target = edges.get(top.id)?.[top.next++];
    if (target === undefined) {
      leave(top.id);
      path.pop();
    } else if (!visited.has(target)) {
      visited.add(target);
      path.push({ id: target, next: 0 });
    }
  }
  return true;
}

const decrement = (counts: number[], index: number): number => (counts[index] = (counts[index] ?? 0) - 1);

/** The indexes of items in order, by the component of each (Kahn). A component is left when all of its items are. */
function orderComponents(
  itemComponents: readonly number[],
  graph: readonly (readonly [from: number, to: number])[],
  count: number,
): readonly number[] {
  const waiting = new Array<number>(count).fill(0);
  const remaining = new Array<number>(count).fill(0);
  const items = Array.from({ length: count }, (): number[] => []);
  const next = Array.from({ length: count }, (): number[] => []);
  itemComponents.forEach((component, index) => items[component]?.push(index));
  for (let n = 0; n < count; n++) remaining[n] = items[n]?.length ?? 0;
  for (const [from, to] of graph) {
    next[from]?.push(to);
    waiting[to] = (waiting[to] ?? 0) + 1;
  }
  const ready = new SmallestFirst();
  const order: number[] = [];
  /** Components of which nothing is to come, whose followers can be released. */
  const left = waiting.flatMap((links, component) => (links === 0 ? release(component) : []));
  function release(component: number): number[] {
    for (const index of items[component] ?? []) ready.add(index);
    return remaining[component] === 0 ? [component] : [];
  }
  for (;;) {
    for (let component = left.pop(); component !== undefined; component = left.pop())
      for (const to of next[component] ?? []) if (decrement(waiting, to) === 0) left.push(...release(to));
    const index = ready.take();
    if (index === undefined) return order;
    order.push(index);
    const component = itemComponents[index] ?? -1;
    if (decrement(remaining, component) === 0) left.push(component);
  }
}

/** Numbers, of which the smallest is taken first: a binary heap. */
class SmallestFirst {
  readonly #heap: number[] = [];

  add(value: number): void {
    const heap = this.#heap;
    let index = heap.push(value) - 1;
    for (let parent = (index - 1) >> 1; index > 0 && this.#get(parent) > value; parent = (index - 1) >> 1) {
      heap[index] = this.#get(parent);
      index = parent;
    }
    heap[index] = value;
  }

  take(): number | undefined {
    const heap = this.#heap;
    const [smallest] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return smallest;
    let index = 0;
    for (let child = 1; child < heap.length; child = 2 * index + 1) {
      if (this.#get(child + 1) < this.#get(child)) child++;
      if (this.#get(child) >= last) break;
      heap[index] = this.#get(child);
      index = child;
    }
    heap[index] = last;
    return smallest;
  }

  #get(place: number): number {
    return this.#heap[place] ?? Infinity;
  }
}
