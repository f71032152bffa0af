// What may be on a disk after a power loss. The model is stricter than ext4, XFS and Btrfs are:
// - A write or a change of a file's size is certain once a sync of that file that began after it has returned. Of the
//   others any subset may be on the disk, in any combination: nothing keeps them in order.
// - A write may be torn: a disk writes sectors of 512 bytes, each of which is written or not. Where a file grew, its size
//   may be on the disk with zeros instead of the bytes.
// - A name in a directory (of a file created or removed, or of a new directory) is certain once that directory was
//   synced; a sync of the file alone is not enough.
// - A failed sync leaves the earlier writes in the page cache, where every process sees them, but the kernel considers
//   them written: no later sync writes them, only writing them again does.
// A crash leaves a subset of what is not certain before the next sync or line of output, so these moments are enough.
import type { Operation } from './strace-recorder.js';

const SECTOR_BYTES = 512;
/** Up to so many uncertain operations, every subset is tried. */
const EXHAUSTIVE_MAX = 8;

type FileChange = {
  readonly id: number;
  readonly operation: Extract<Operation, { is: 'write' | 'truncate' }>;
  durability: 'pending' | 'doubtful' | 'certain';
};
type NameChange = {
  readonly id: number;
  readonly name: string;
  readonly node: FileNode | Directory | undefined;
};

/** A write of which some sectors are missing. */
type TornWrite = { readonly id: number; readonly sectors: readonly boolean[]; readonly grown: boolean };

/** The files after a crash, by path; null is a directory. */
export type DiskContents = ReadonlyMap<string, Buffer | null>;
type Crash = {
  /** How many operations had begun. */
  readonly operationCount: number;
  /** The lines of output until then. */
  readonly outputLines: readonly string[];
  /** Which of the uncertain operations are on the disk, for messages. */
  readonly survivors: string;
  readonly readContents: () => DiskContents;
};

class FileNode {
  #base: Buffer = Buffer.alloc(0);
  changes: FileChange[] = [];

  sync(covers: number, failed: boolean): void {
    for (const change of this.changes)
      if (change.id < covers && change.durability === 'pending')
        change.durability = failed ? 'doubtful' : 'certain';
    this.changes = this.changes.filter(
      (change) =>
        change.durability !== 'doubtful' || !this.changes.some((later) => isRewritten(change, later)),
    );
    const kept = this.changes.findIndex(({ durability }) => durability !== 'certain');
    const certain = this.changes.splice(0, kept === -1 ? this.changes.length : kept);
    this.#base = applyChanges(this.#base, certain);
  }

  readContents(isOnDisk: (id: number) => boolean, torn?: TornWrite): Buffer {
    const changes = this.changes.filter(({ durability, id }) => durability === 'certain' || isOnDisk(id));
    return applyChanges(this.#base, changes, torn);
  }
}

class Directory {
  readonly currentNames = new Map<string, FileNode | Directory>();
  readonly certainNames = new Map<string, FileNode | Directory>();
  nameChanges: NameChange[] = [];

  setName(id: number, name: string, node: FileNode | Directory | undefined): void {
    this.nameChanges.push({ id, name, node });
    applyNameChange(this.currentNames, { name, node });
  }

  sync(covers: number): void {
    for (const nameChange of this.nameChanges)
      if (nameChange.id < covers) applyNameChange(this.certainNames, nameChange);
    this.nameChanges = this.nameChanges.filter(({ id }) => id >= covers);
  }

  readNames(isOnDisk: (id: number) => boolean): ReadonlyMap<string, FileNode | Directory> {
    const names = new Map(this.certainNames);
    for (const nameChange of this.nameChanges)
      if (isOnDisk(nameChange.id)) applyNameChange(names, nameChange);
    return names;
  }
}

function applyNameChange(
  names: Map<string, FileNode | Directory>,
  { name, node }: Pick<NameChange, 'name' | 'node'>,
) {
  if (node) names.set(name, node);
  else names.delete(name);
}

const isRewritten = ({ id, operation }: FileChange, later: FileChange): boolean =>
  operation.is === 'write' &&
  later.operation.is === 'write' &&
  later.durability === 'certain' &&
  later.id > id &&
  later.operation.offset <= operation.offset &&
  later.operation.offset + later.operation.bytes.length >= operation.offset + operation.bytes.length;

function applyChanges(base: Buffer, changes: readonly FileChange[], torn?: TornWrite): Buffer {
  const ends = changes.map(({ operation }) =>
    operation.is === 'write' ? operation.offset + operation.bytes.length : operation.length,
  );
  const content = Buffer.alloc(Math.max(base.length, ...ends));
  base.copy(content);
  let size = base.length;
  for (const { id, operation } of changes) {
    if (operation.is === 'truncate') {
      if (operation.length < size) content.fill(0, operation.length, size);
      size = operation.length;
    } else if (torn?.id === id) size = applyTornWrite(content, size, operation, torn);
    else {
      operation.bytes.copy(content, operation.offset);
      size = Math.max(size, operation.offset + operation.bytes.length);
    }
  }
  return content.subarray(0, size);
}

type WriteOperation = Extract<Operation, { is: 'write' }>;

const countSectors = ({ offset, bytes }: WriteOperation): number =>
  Math.floor((offset + bytes.length - 1) / SECTOR_BYTES) - Math.floor(offset / SECTOR_BYTES) + 1;

function applyTornWrite(
  content: Buffer,
  before: number,
  { offset, bytes }: WriteOperation,
  torn: TornWrite,
): number {
  let size = before;
  const first = Math.floor(offset / SECTOR_BYTES);
  for (const [index, isThere] of torn.sectors.entries()) {
    if (!isThere) continue;
    const from = Math.max(offset, (first + index) * SECTOR_BYTES);
    const to = Math.min(offset + bytes.length, (first + index + 1) * SECTOR_BYTES);
    bytes.copy(content, from, from - offset, to - offset);
    size = Math.max(size, to);
  }
  return torn.grown ? Math.max(size, offset + bytes.length) : size;
}

type Sampling = {
  /** Random numbers below the argument, the same in every run. */
  readonly randomBelow: (below: number) => number;
  /** How many subsets are tried if there are too many to try all. */
  readonly samples: number;
};

/** Every state of the disk that a crash during these operations can leave, if the folder was empty before. */
export function* generateCrashes(operations: readonly Operation[], sampling: Sampling): Generator<Crash> {
  const disk = new Disk();
  const outputLines: string[] = [];
  for (const [id, operation] of operations.entries()) {
    if (operation.is === 'sync' || (operation.is === 'output' && operation.line !== ''))
      yield* disk.generateCrashes(id, [...outputLines], sampling);
    if (operation.is === 'output') {
      if (operation.line !== '') outputLines.push(...operation.line.split('\n'));
    } else disk.perform(id, operation);
  }
  yield* disk.generateCrashes(operations.length, outputLines, sampling);
}

class Disk {
  readonly #root = new Directory();

  perform(id: number, operation: Exclude<Operation, { is: 'output' }>): void {
    const { path } = operation;
    const { directory, name } = this.#locate(path);
    const node = path === '' ? this.#root : directory.currentNames.get(name);
    switch (operation.is) {
      case 'create':
        if (!node) directory.setName(id, name, new FileNode());
        break;
      case 'make-directory':
        directory.setName(id, name, new Directory());
        break;
      case 'remove':
        directory.setName(id, name, undefined);
        break;
      case 'sync':
        if (node instanceof FileNode) node.sync(operation.covers, operation.failed);
        else if (!operation.failed) node?.sync(operation.covers);
        break;
      default:
        if (!(node instanceof FileNode)) throw new Error(`Operation ${id} is on ${path}, which is no file.`);
        node.changes.push({ id, operation, durability: 'pending' });
    }
  }

  *generateCrashes(at: number, outputLines: readonly string[], sampling: Sampling): Generator<Crash> {
    const [nameChanges, changes] = this.#listUncertain();
    const ids = [...nameChanges, ...changes.keys()].sort((a, b) => a - b);
    for (const chosen of chooseSubsets(ids, sampling)) {
      const last = chosen.findLast((id) => changes.get(id)?.is === 'write');
      const write = last === undefined ? undefined : (changes.get(last) as WriteOperation);
      for (const torn of [undefined, ...(write ? createTornWrites(last ?? 0, write, sampling) : [])]) {
        const survivingIds = new Set(chosen);
        const cut = torn ? `, ${torn.id} torn ${torn.sectors.map(Number).join('')}` : '';
        const survivors = `${chosen.join(' ')} of ${ids.join(' ')}${cut}`;
        yield {
          operationCount: at,
          outputLines,
          survivors,
          readContents: () => this.#readContents((id) => survivingIds.has(id), torn),
        };
      }
    }
  }

  #locate(path: string): { readonly directory: Directory; readonly name: string } {
    const [name = '', ...parents] = path.split('/').reverse();
    let directory = this.#root;
    for (const parent of parents.reverse()) {
      const next = directory.currentNames.get(parent);
      if (!(next instanceof Directory)) throw new Error(`${path} is in no directory.`);
      directory = next;
    }
    return { directory, name };
  }

  #listUncertain(): [nameChanges: readonly number[], changes: ReadonlyMap<number, FileChange['operation']>] {
    const nameChanges: number[] = [];
    const changes = new Map<number, FileChange['operation']>();
    const visit = (node: FileNode | Directory): void => {
      if (node instanceof FileNode) {
        for (const { id, operation, durability } of node.changes)
          if (durability !== 'certain') changes.set(id, operation);
        return;
      }
      nameChanges.push(...node.nameChanges.map(({ id }) => id));
      for (const child of new Set([
        ...node.certainNames.values(),
        ...node.nameChanges.map(({ node }) => node),
      ]))
        if (child) visit(child);
    };
    visit(this.#root);
    return [nameChanges, changes];
  }

  #readContents(isOnDisk: (id: number) => boolean, torn: TornWrite | undefined): DiskContents {
    const found = new Map<string, Buffer | null>();
    const visit = (directory: Directory, path: string): void => {
      for (const [name, node] of directory.readNames(isOnDisk)) {
        found.set(path + name, node instanceof FileNode ? node.readContents(isOnDisk, torn) : null);
        if (node instanceof Directory) visit(node, `${path}${name}/`);
      }
    };
    visit(this.#root, '');
    return found;
  }
}

/** None, all, every prefix, all but one, one alone, and random subsets; each of them for `samples` operations at most. */
function chooseSubsets(
  ids: readonly number[],
  { randomBelow, samples }: Sampling,
): readonly (readonly number[])[] {
  if (ids.length <= EXHAUSTIVE_MAX)
    return Array.from({ length: 2 ** ids.length }, (_, mask) =>
      ids.filter((_, index) => (mask >> index) & 1),
    );
  const some =
    ids.length <= samples ? ids.keys() : Array.from({ length: samples }, () => randomBelow(ids.length));
  const found = new Map<string, readonly number[]>();
  const add = (chosen: readonly number[]) => found.set(chosen.join(), chosen);
  add([]);
  add(ids);
  for (const index of some) {
    add(ids.slice(0, index));
    add(ids.filter((_, other) => other !== index));
    add(ids.slice(index, index + 1));
    const share = 1 + randomBelow(9);
    add(ids.filter(() => randomBelow(10) < share));
  }
  return [...found.values()];
}

function createTornWrites(
  id: number,
  write: WriteOperation,
  { randomBelow }: Sampling,
): readonly TornWrite[] {
  const count = countSectors(write);
  if (count === 1) return [];
  const cut = 1 + randomBelow(count - 1);
  const sectors = (isOnDisk: (index: number) => boolean) =>
    Array.from({ length: count }, (_, n) => isOnDisk(n));
  return [
    { id, sectors: sectors((index) => index < cut), grown: false },
    { id, sectors: sectors(() => randomBelow(2) === 0), grown: randomBelow(2) === 0 },
  ];
}
