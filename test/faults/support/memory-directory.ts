// Folders in memory where there is one, because thousands of disks are looked at.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DiskContents } from './disk-model.js';

const MEMORY_DIRECTORY = '/dev/shm';
const createdPaths: string[] = [];

/** A new folder, gone after the tests of this file. */
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

/** Puts what a crash left into a folder, looks at it, and takes it away again. */
export function withDiskContents<T>(folder: string, remains: DiskContents, look: () => T): T {
  try {
    for (const [path, content] of remains) {
      const target = join(folder, path);
      if (content === null) mkdirSync(target, { recursive: true });
      else {
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, content);
      }
    }
    return look();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
