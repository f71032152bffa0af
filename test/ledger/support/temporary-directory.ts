import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const createdPaths: string[] = [];

/** A new directory, removed after the tests of this file. */
export function createTemporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'minutebook-ledger-'));
  createdPaths.push(path);
  return path;
}

afterAll(() => {
  for (const path of createdPaths.splice(0)) rmSync(path, { recursive: true, force: true });
});
