// The files of a directory: `<name>-<version>-<generation>.db`, with SQLite's own beside them. A name is never used for
// two files: a number stays taken as long as a thread could still have the file open that had it.
import { closeSync, existsSync, openSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

export type Generation = {
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  readonly file: string;
};

const GENERATION_FILE = /^([a-z][a-z-]*)-(\d+)-(\d+)\.db(-wal|-shm|-journal)?$/;
const COMPANION_SUFFIXES = ['-wal', '-shm', '-journal'];

/** Highest number first, including the remains of interrupted removals. */
export function listGenerations(directory: string, name: string): readonly Generation[] {
  const found = new Map<number, Generation>();
  for (const entry of readdirSync(directory)) {
    const [, named, version, generation] = GENERATION_FILE.exec(entry) ?? [];
    if (named === name)
      found.set(Number(generation), toGeneration(directory, name, Number(version), Number(generation)));
  }
  return [...found.values()].sort((a, b) => b.generation - a.generation);
}

export const toGeneration = (
  directory: string,
  name: string,
  version: number,
  generation: number,
): Generation => ({
  name,
  version,
  generation,
  file: join(directory, `${name}-${version}-${generation}.db`),
});

/**
 * Creates an empty file with a number that no file of this name has had: also not one that was removed by others while a
 * thread has it open, which is at most `last`.
 */
export function createNextGeneration(directory: string, name: string, version: number, last = 0): Generation {
  const taken = Math.max(last, listGenerations(directory, name)[0]?.generation ?? 0);
  const next = toGeneration(directory, name, version, taken + 1);
  closeSync(openSync(next.file, 'wx'));
  return next;
}

/** Whether nothing was ever written to it. */
export const hasEmptyFile = ({ file }: Generation): boolean => !existsSync(file) || statSync(file).size === 0;

/**
 * Removes the files of a generation that does not serve. The highest number is only emptied, which keeps it taken. The
 * database goes first: a crash may leave its companion files, which mean nothing without it, but never the reverse.
 */
export function removeGeneration(directory: string, { name, generation, file }: Generation): void {
  const highest = listGenerations(directory, name)[0]?.generation;
  if (generation !== highest) rmSync(file, { force: true });
  else if (existsSync(file)) truncateSync(file);
  for (const suffix of COMPANION_SUFFIXES) rmSync(file + suffix, { force: true });
}
