// Which events of a stream belong together, by revision: amendments and what they amend, and the events that set or read a
// part of the state. It only grows: an event stays listed for every form that it ever had, so whoever looks an event up
// reads what it says now.
import { List, Map as ImmutableMap } from 'immutable';
import type { StatePartAccess } from './decider.js';

/** In ascending order. A single revision stands for itself, since most parts have one event. */
type Revisions = number | List<number>;

export type StreamIndex = {
  /** By amendment: the revision that it amends. */
  readonly targets: ImmutableMap<number, number>;
  /** By event: its amendments. */
  readonly amendments: ImmutableMap<number, Revisions>;
  /** By part: the events that set it. */
  readonly setters: ImmutableMap<string, Revisions>;
  /** By part: the events that read it and do not set it. */
  readonly readers: ImmutableMap<string, Revisions>;
  /** By track (AggregateDeclaration.getRepetitionTrack): its events. */
  readonly tracks: ImmutableMap<string, Revisions>;
  /** By prefix of given ids (AggregateDeclaration.innerIds): the highest number that an id had with it. */
  readonly highestNumbers: ImmutableMap<string, bigint>;
};

/** An id such as "s12": what it begins with, and its number. */
export type NumberedId = { readonly prefix: string; readonly number: bigint };

export const EMPTY_STREAM_INDEX: StreamIndex = {
  targets: ImmutableMap(),
  amendments: ImmutableMap(),
  setters: ImmutableMap(),
  readers: ImmutableMap(),
  tracks: ImmutableMap(),
  highestNumbers: ImmutableMap(),
};

export const listRevisions = <K>(revisions: ImmutableMap<K, Revisions>, key: K): Iterable<number> => {
  const found = revisions.get(key);
  return found === undefined ? [] : typeof found === 'number' ? [found] : found;
};

/** The position of the first revision that is not before this one. */
function findPosition(revisions: List<number>, revision: number): number {
  let [low, high] = [0, revisions.size];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((revisions.get(middle) as number) < revision) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The revisions listed under a key that are after `after` and not after `until`. */
export function* iterateRevisions<K>(
  revisions: ImmutableMap<K, Revisions>,
  key: K,
  after: number,
  until: number,
): Generator<number> {
  const found = revisions.get(key);
  if (found === undefined) return;
  const list = typeof found === 'number' ? List.of(found) : found;
  for (let position = findPosition(list, after + 1); position < list.size; position++) {
    const revision = list.get(position) as number;
    if (revision > until) return;
    yield revision;
  }
}

/** The greatest revisions first. */
export function* iterateRevisionsBackwards<K>(
  revisions: ImmutableMap<K, Revisions>,
  key: K,
): Generator<number> {
  const found = revisions.get(key);
  if (found === undefined) return;
  if (typeof found === 'number') yield found;
  else for (let position = found.size - 1; position >= 0; position--) yield found.get(position) as number;
}

function addRevision<K>(
  revisions: ImmutableMap<K, Revisions>,
  key: K,
  revision: number,
): ImmutableMap<K, Revisions> {
  const found = revisions.get(key);
  if (found === undefined) return revisions.set(key, revision);
  if (found === revision) return revisions;
  const list = typeof found === 'number' ? List.of(found) : found;
  // Mostly the event is a new one.
  if ((list.last() ?? -1) < revision) return revisions.set(key, list.push(revision));
  const position = findPosition(list, revision);
  if (list.get(position) === revision) return revisions;
  return revisions.set(key, position === list.size ? list.push(revision) : list.insert(position, revision));
}

/** With a form of the event at this revision: what it was recorded with, or what a correction gave it. */
export function addStatePartAccess(
  index: StreamIndex,
  revision: number,
  { sets, reads }: StatePartAccess,
  track: string | undefined,
): StreamIndex {
  let { setters, readers, tracks } = index;
  for (const part of sets) setters = addRevision(setters, part, revision);
  for (const part of reads) if (!sets.includes(part)) readers = addRevision(readers, part, revision);
  if (track !== undefined) tracks = addRevision(tracks, track, revision);
  return { ...index, setters, readers, tracks };
}

export const addNumber = (index: StreamIndex, { prefix, number }: NumberedId): StreamIndex =>
  (index.highestNumbers.get(prefix) ?? -1n) < number
    ? { ...index, highestNumbers: index.highestNumbers.set(prefix, number) }
    : index;

export const addAmendment = (index: StreamIndex, revision: number, target: number): StreamIndex => ({
  ...index,
  targets: index.targets.set(revision, target),
  amendments: addRevision(index.amendments, target, revision),
});

/** The event that an amendment amends in the end, through amendments of amendments; an event itself. */
export function getAmendedRootRevision({ targets }: StreamIndex, revision: number): number {
  let root = revision;
  for (let target = targets.get(root); target !== undefined; target = targets.get(root)) root = target;
  return root;
}

/** An event and its amendments, and theirs, in record order. */
export function listWithAmendments({ amendments }: StreamIndex, revision: number): readonly number[] {
  const found = [revision];
  // The list grows while it is read: every member is looked up once, since an amendment is younger than what it amends.
  for (const each of found) found.push(...listRevisions(amendments, each));
  return found.sort((a, b) => a - b);
}

/** Builds the index of a whole stream: quicker than event by event. */
export class StreamIndexBuilder {
  readonly #targets = new Map<number, number>();
  readonly #amendments = new Map<number, number[]>();
  readonly #setters = new Map<string, number[]>();
  readonly #readers = new Map<string, number[]>();
  readonly #tracks = new Map<string, number[]>();
  readonly #highestNumbers = new Map<string, bigint>();

  getTarget(revision: number): number | undefined {
    return this.#targets.get(revision);
  }

  addAmendment(revision: number, target: number): void {
    this.#targets.set(revision, target);
    append(this.#amendments, target, revision);
  }

  addStatePartAccess(revision: number, { sets, reads }: StatePartAccess, track: string | undefined): void {
    for (const part of sets) append(this.#setters, part, revision);
    for (const part of reads) if (!sets.includes(part)) append(this.#readers, part, revision);
    if (track !== undefined) append(this.#tracks, track, revision);
  }

  addNumber({ prefix, number }: NumberedId): void {
    if ((this.#highestNumbers.get(prefix) ?? -1n) < number) this.#highestNumbers.set(prefix, number);
  }

  build(): StreamIndex {
    return {
      targets: ImmutableMap(this.#targets),
      amendments: toRevisions(this.#amendments),
      setters: toRevisions(this.#setters),
      readers: toRevisions(this.#readers),
      tracks: toRevisions(this.#tracks),
      highestNumbers: ImmutableMap(this.#highestNumbers),
    };
  }
}

function append<K>(lists: Map<K, number[]>, key: K, revision: number): void {
  if (!lists.get(key)?.push(revision)) lists.set(key, [revision]);
}

const toRevisions = <K>(lists: Map<K, number[]>): ImmutableMap<K, Revisions> =>
  ImmutableMap(
    [...lists].map(([key, list]): [K, Revisions] => {
      const [only = -1, ...others] = new Set(list);
      return [key, others.length === 0 ? only : List([only, ...others].sort((a, b) => a - b))];
    }),
  );
