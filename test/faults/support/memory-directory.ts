// Folders in memory where there is one, because thousands of disks are looked at.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Remains } from './disk-model.js';

const MEMORY = '/dev/shm';
const made: string[] = [];

/** A new folder, gone after the tests of this file. */
export function place(): string {
  const path = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'minutebook-faults-'));
  made.push(path);
  return path;
}

afterAll(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** Puts what a crash left into a folder, looks at it, and takes it away again. */
export function lookedAt<T>(folder: string, remains: Remains, look: () => T): T {
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
