import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataDirectory, DataDirectoryError } from '../../src/ledger/data-directory.js';
import { createTemporaryDirectory } from './support/temporary-directory.js';

const lockHolderProcess = fileURLToPath(new URL('./support/lock-holder-process.js', import.meta.url));

describe('a data directory', () => {
  it('is created, and locked until it is unlocked', () => {
    const path = join(createTemporaryDirectory(), 'new', 'data');
    const first = DataDirectory.lock(path);
    expect(() => DataDirectory.lock(path)).toThrow(DataDirectoryError);
    first.unlock();
    DataDirectory.lock(path).unlock();
  });

  it('is refused with a sentence while another process has locked it, and unlocked once that is killed', async () => {
    const path = createTemporaryDirectory();
    const child = spawn(process.execPath, [lockHolderProcess, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(child.stdout, 'data');
      expect(() => DataDirectory.lock(path)).toThrow(DataDirectoryError);
      expect(() => DataDirectory.lock(path)).toThrow(
        `${path} is in use by another Minutebook process: stop that one first.`,
      );
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    DataDirectory.lock(path).unlock();
  });

  it('is refused with a sentence if it is a file', () => {
    const path = join(createTemporaryDirectory(), 'data');
    writeFileSync(path, '');
    expect(() => DataDirectory.lock(path)).toThrow(`${path} cannot be used as a data directory:`);
  });
});
