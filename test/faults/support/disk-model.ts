// What may be on a disk when the power fails. The model is stricter than ext4, XFS and Btrfs are:
// - A write or a change of a file's size is there for certain once a sync of that file has come back that began after
//   it. Of the others any subset may be there, in any combination: nothing keeps them in order.
// - A write may be torn: a disk writes sectors of 512 bytes, each of which is there or not. Where a file grew, its
//   size may be there and zeros instead of the bytes.
// - A name in a directory (a file made or removed, a directory made) is there for certain once that directory itself
//   was synced; a sync of the file alone is not enough.
// - A sync that failed leaves the writes before it in the page cache, where every process sees them, but the kernel
//   takes them for written: no later sync brings them to the disk, only writing them again.
// A crash at any moment leaves a subset of what is not certain at the next sync or saying, so those moments are enough.
import type { Operation } from './strace-recorder.js';

const SECTOR = 512;
/** Up to this many uncertain operations every subset is tried. */
const EXHAUSTIVE = 8;

type Change = {
  readonly id: number;
  readonly what: Extract<Operation, { is: 'write' | 'truncate' }>;
  fate: 'pending' | 'doubtful' | 'certain';
};
type Naming = { readonly id: number; readonly name: string; readonly node: FileNode | Directory | undefined };

/** One write of which not every sector is there. */
type Torn = { readonly id: number; readonly sectors: readonly boolean[]; readonly grown: boolean };

/** What a crash left, by path; null is a directory. */
export type Remains = ReadonlyMap<string, Buffer | null>;
export type Crash = {
  /** How many operations had begun. */
  readonly at: number;
  /** What was said until then. */
  readonly said: readonly string[];
  /** Of the uncertain operations, which are there, for messages. */
  readonly survivors: string;
  readonly remains: () => Remains;
};

class FileNode {
  #base: Buffer = Buffer.alloc(0);
  changes: Change[] = [];

  sync(covers: number, failed: boolean): void {
    for (const change of this.changes)
      if (change.id < covers && change.fate === 'pending') change.fate = failed ? 'doubtful' : 'certain';
    this.changes = this.changes.filter(
      (change) => change.fate !== 'doubtful' || !this.changes.some((later) => isWrittenAgain(change, later)),
    );
    const kept = this.changes.findIndex(({ fate }) => fate !== 'certain');
    const certain = this.changes.splice(0, kept === -1 ? this.changes.length : kept);
    this.#base = contentOf(this.#base, certain);
  }

  remains(there: (id: number) => boolean, torn?: Torn): Buffer {
    const changes = this.changes.filter(({ fate, id }) => fate === 'certain' || there(id));
    return contentOf(this.#base, changes, torn);
  }
}

class Directory {
  readonly now = new Map<string, FileNode | Directory>();
  readonly certain = new Map<string, FileNode | Directory>();
  namings: Naming[] = [];

  name(id: number, name: string, node: FileNode | Directory | undefined): void {
    this.namings.push({ id, name, node });
    rename(this.now, { name, node });
  }

  sync(covers: number): void {
    for (const naming of this.namings) if (naming.id < covers) rename(this.certain, naming);
    this.namings = this.namings.filter(({ id }) => id >= covers);
  }

  remains(there: (id: number) => boolean): ReadonlyMap<string, FileNode | Directory> {
    const names = new Map(this.certain);
    for (const naming of this.namings) if (there(naming.id)) rename(names, naming);
    return names;
  }
}

function rename(names: Map<string, FileNode | Directory>, { name, node }: Pick<Naming, 'name' | 'node'>) {
  if (node) names.set(name, node);
  else names.delete(name);
}

const isWrittenAgain = ({ id, what }: Change, later: Change): boolean =>
  what.is === 'write' &&
  later.what.is === 'write' &&
  later.fate === 'certain' &&
  later.id > id &&
  later.what.offset <= what.offset &&
  later.what.offset + later.what.bytes.length >= what.offset + what.bytes.length;

function contentOf(base: Buffer, changes: readonly Change[], torn?: Torn): Buffer {
  const ends = changes.map(({ what }) =>
    what.is === 'write' ? what.offset + what.bytes.length : what.length,
  );
  const content = Buffer.alloc(Math.max(base.length, ...ends));
  base.copy(content);
  let size = base.length;
  for (const { id, what } of changes) {
    if (what.is === 'truncate') {
      if (what.length < size) content.fill(0, what.length, size);
      size = what.length;
    } else if (torn?.id === id) size = tear(content, size, what, torn);
    else {
      what.bytes.copy(content, what.offset);
      size = Math.max(size, what.offset + what.bytes.length);
    }
  }
  return content.subarray(0, size);
}

type Write = Extract<Operation, { is: 'write' }>;

const sectorsOf = ({ offset, bytes }: Write): number =>
  Math.floor((offset + bytes.length - 1) / SECTOR) - Math.floor(offset / SECTOR) + 1;

function tear(content: Buffer, before: number, { offset, bytes }: Write, torn: Torn): number {
  let size = before;
  const first = Math.floor(offset / SECTOR);
  for (const [index, isThere] of torn.sectors.entries()) {
    if (!isThere) continue;
    const from = Math.max(offset, (first + index) * SECTOR);
    const to = Math.min(offset + bytes.length, (first + index + 1) * SECTOR);
    bytes.copy(content, from, from - offset, to - offset);
    size = Math.max(size, to);
  }
  return torn.grown ? Math.max(size, offset + bytes.length) : size;
}

export type Sampling = {
  /** Numbers below its argument, the same in every run. */
  readonly random: (below: number) => number;
  /** How many subsets are drawn where there are too many to try them all. */
  readonly samples: number;
};

/** Every crash of a machine on which this was done in an empty folder, one for each state of the disk. */
export function* crashes(operations: readonly Operation[], sampling: Sampling): Generator<Crash> {
  const disk = new Disk();
  const said: string[] = [];
  for (const [id, operation] of operations.entries()) {
    if (operation.is === 'sync' || (operation.is === 'said' && operation.line !== ''))
      yield* disk.crashes(id, [...said], sampling);
    if (operation.is === 'said') {
      if (operation.line !== '') said.push(...operation.line.split('\n'));
    } else disk.perform(id, operation);
  }
  yield* disk.crashes(operations.length, said, sampling);
}

class Disk {
  readonly #root = new Directory();

  perform(id: number, operation: Exclude<Operation, { is: 'said' }>): void {
    const { path } = operation;
    const { directory, name } = this.#placeOf(path);
    const node = path === '' ? this.#root : directory.now.get(name);
    switch (operation.is) {
      case 'create':
        if (!node) directory.name(id, name, new FileNode());
        break;
      case 'make-directory':
        directory.name(id, name, new Directory());
        break;
      case 'remove':
        directory.name(id, name, undefined);
        break;
      case 'sync':
        if (node instanceof FileNode) node.sync(operation.covers, operation.failed);
        else if (!operation.failed) node?.sync(operation.covers);
        break;
      default:
        if (!(node instanceof FileNode)) throw new Error(`Operation ${id} is on ${path}, which is no file.`);
        node.changes.push({ id, what: operation, fate: 'pending' });
    }
  }

  *crashes(at: number, said: readonly string[], sampling: Sampling): Generator<Crash> {
    const [namings, changes] = this.#uncertain();
    const ids = [...namings, ...changes.keys()].sort((a, b) => a - b);
    for (const chosen of subsets(ids, sampling)) {
      const last = chosen.findLast((id) => changes.get(id)?.is === 'write');
      const write = last === undefined ? undefined : (changes.get(last) as Write);
      for (const torn of [undefined, ...(write ? tearings(last ?? 0, write, sampling) : [])]) {
        const there = new Set(chosen);
        const cut = torn ? `, ${torn.id} torn ${torn.sectors.map(Number).join('')}` : '';
        const survivors = `${chosen.join(' ')} of ${ids.join(' ')}${cut}`;
        yield { at, said, survivors, remains: () => this.#remains((id) => there.has(id), torn) };
      }
    }
  }

  #placeOf(path: string): { readonly directory: Directory; readonly name: string } {
    const [name = '', ...parents] = path.split('/').reverse();
    let directory = this.#root;
    for (const parent of parents.reverse()) {
      const next = directory.now.get(parent);
      if (!(next instanceof Directory)) throw new Error(`${path} is in no directory.`);
      directory = next;
    }
    return { directory, name };
  }

  #uncertain(): [namings: readonly number[], changes: ReadonlyMap<number, Change['what']>] {
    const namings: number[] = [];
    const changes = new Map<number, Change['what']>();
    const visit = (node: FileNode | Directory): void => {
      if (node instanceof FileNode) {
        for (const { id, what, fate } of node.changes) if (fate !== 'certain') changes.set(id, what);
        return;
      }
      namings.push(...node.namings.map(({ id }) => id));
      for (const child of new Set([...node.certain.values(), ...node.namings.map(({ node }) => node)]))
        if (child) visit(child);
    };
    visit(this.#root);
    return [namings, changes];
  }

  #remains(there: (id: number) => boolean, torn: Torn | undefined): Remains {
    const found = new Map<string, Buffer | null>();
    const visit = (directory: Directory, path: string): void => {
      for (const [name, node] of directory.remains(there)) {
        found.set(path + name, node instanceof FileNode ? node.remains(there, torn) : null);
        if (node instanceof Directory) visit(node, `${path}${name}/`);
      }
    };
    visit(this.#root, '');
    return found;
  }
}

/** All of them, or those that were written in order, those that lack one, those that have one, and some drawn. */
function subsets(ids: readonly number[], { random, samples }: Sampling): readonly (readonly number[])[] {
  if (ids.length <= EXHAUSTIVE)
    return Array.from({ length: 2 ** ids.length }, (_, mask) =>
      ids.filter((_, index) => (mask >> index) & 1),
    );
  const some = ids.length <= samples ? ids.keys() : Array.from({ length: samples }, () => random(ids.length));
  const found = new Map<string, readonly number[]>();
  const add = (chosen: readonly number[]) => found.set(chosen.join(), chosen);
  add([]);
  add(ids);
  for (const index of some) {
    add(ids.slice(0, index));
    add(ids.filter((_, other) => other !== index));
    add(ids.slice(index, index + 1));
    const share = 1 + random(9);
    add(ids.filter(() => random(10) < share));
  }
  return [...found.values()];
}

function tearings(id: number, write: Write, { random }: Sampling): readonly Torn[] {
  const count = sectorsOf(write);
  if (count === 1) return [];
  const cut = 1 + random(count - 1);
  const sectors = (there: (index: number) => boolean) => Array.from({ length: count }, (_, n) => there(n));
  return [
    { id, sectors: sectors((index) => index < cut), grown: false },
    { id, sectors: sectors(() => random(2) === 0), grown: random(2) === 0 },
  ];
}
