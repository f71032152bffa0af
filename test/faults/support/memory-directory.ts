// Temporary directories in memory where possible, because thousands of disks are opened.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DiskContents } from './disk-model.js';

const MEMORY_DIRECTORY = '/dev/shm';
const createdPaths: string[] = [];

/** A new directory, removed after the tests of this file. */
export function createMemoryDirectory(): string {
  const path = mkdtempSync(
    join(existsSync(MEMORY_DIRECTORY) ? MEMORY_DIRECTORY : tmpdir(), 'minutebook-faults-'),
  );
  createdPaths.push(path);
  return path;
}

afterAll(() => {
  for (const path of createdPaths.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** Writes the files that a crash left into a folder, calls `use`, and removes them. */
export function withDiskContents<T>(folder: string, contents: DiskContents, use: () => T): T {
  try {
    for (const [path, content] of contents) {
      const target = join(folder, path);
      if (content === null) mkdirSync(target, { recursive: true });
      else {
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, content);
      }
    }
    return use();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
