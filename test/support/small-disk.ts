// A file system of its own, which can be filled.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Mounts a file system of this size; undefined where this user may not mount one, which is said on the console. */
export function mountSmallDisk(size: string): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'minutebook-full-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', path], { stdio: 'ignore' });
    return path;
  } catch {
    rmdirSync(path);
    console.warn('Skipped: a full disk is tested on a tmpfs, which only root may mount.');
    return undefined;
  }
}

export function unmountSmallDisk(path: string): void {
  execFileSync('umount', [path]);
  rmdirSync(path);
}

/** Takes all the space that is left. */
export function fillDisk(file: string): void {
  const descriptor = openSync(file, 'w');
  try {
    for (const size of [65_536, 4_096]) {
      try {
        for (;;) writeSync(descriptor, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(descriptor);
  }
}
