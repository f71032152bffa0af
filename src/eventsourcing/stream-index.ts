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
  /** By event or amendment: its corrections. */
  readonly corrections: ImmutableMap<number, Revisions>;
  /** By event or amendment: its retractions. */
  readonly retractions: ImmutableMap<number, Revisions>;
  /** By `toAmendmentKey`: the retractions and disputes that have the fingerprint. */
  readonly fingerprints: ImmutableMap<string, Revisions>;
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
  corrections: ImmutableMap(),
  retractions: ImmutableMap(),
  fingerprints: ImmutableMap(),
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

/** An amendment of a stream, as it was recorded. */
type IndexedAmendment = { readonly type: string; readonly revision: number; readonly target: number };

export const addAmendment = (
  index: StreamIndex,
  { type, revision, target }: IndexedAmendment,
): StreamIndex => ({
  ...index,
  targets: index.targets.set(revision, target),
  ...(type === 'FactCorrected' && { corrections: addRevision(index.corrections, target, revision) }),
  ...(type === 'FactRetracted' && { retractions: addRevision(index.retractions, target, revision) }),
});

/** `target`: the revision of what is amended. `digest`: the fingerprint of the amendment. */
export const toAmendmentKey = (target: number, digest: string): string => `${target} ${digest}`;

/** With the fingerprint of a form of the amendment at this revision. */
export const addAmendmentFingerprint = (index: StreamIndex, key: string, revision: number): StreamIndex => ({
  ...index,
  fingerprints: addRevision(index.fingerprints, key, revision),
});

/** The event that an amendment amends in the end, through amendments of amendments; an event itself. */
export function getAmendedRootRevision({ targets }: StreamIndex, revision: number): number {
  let root = revision;
  for (let target = targets.get(root); target !== undefined; target = targets.get(root)) root = target;
  return root;
}

/** Builds the index of a whole stream: quicker than event by event. */
export class StreamIndexBuilder {
  readonly #targets = new Map<number, number>();
  readonly #corrections = new Map<number, number[]>();
  readonly #retractions = new Map<number, number[]>();
  readonly #fingerprints = new Map<string, number[]>();
  readonly #setters = new Map<string, number[]>();
  readonly #readers = new Map<string, number[]>();
  readonly #tracks = new Map<string, number[]>();
  readonly #highestNumbers = new Map<string, bigint>();

  getTarget(revision: number): number | undefined {
    return this.#targets.get(revision);
  }

  addAmendment({ type, revision, target }: IndexedAmendment): void {
    this.#targets.set(revision, target);
    if (type === 'FactCorrected') append(this.#corrections, target, revision);
    if (type === 'FactRetracted') append(this.#retractions, target, revision);
  }

  addAmendmentFingerprint(key: string, revision: number): void {
    append(this.#fingerprints, key, revision);
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
      corrections: toRevisions(this.#corrections),
      retractions: toRevisions(this.#retractions),
      fingerprints: toRevisions(this.#fingerprints),
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
