import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DataDirectory } from '../../ledger/data-directory.js';
import { OperationFailedError } from './errors.js';

/** A data directory, or a copy of it, that is only read. */
export type ReadableDirectory = {
  readonly directory: DataDirectory;
  /** Whether it is a copy in the temporary directory. */
  readonly isCopy: boolean;
  /** Unlocks it, and removes a copy. */
  readonly release: () => void;
};

/**
 * Locks the data directory of a stopped server to read it. SQLite creates files beside those that it reads, so a directory
 * that cannot be written, such as evidence on a read-only disk, is copied to the temporary directory. Does not create a
 * data directory: throws OperationFailedError if it has no ledger, DataDirectoryError if it is in use. `option` named it on
 * the command line.
 */
export function lockForReading(path: string, option = '--data'): ReadableDirectory {
  if (!existsSync(join(path, 'ledger.db')))
    throw new OperationFailedError(
      `There is no book in ${resolve(path)}: name the data directory of a server with ${option}.`,
    );
  if (isWritable(path)) {
    const directory = DataDirectory.lock(path);
    return { directory, isCopy: false, release: () => directory.unlock() };
  }
  const copy = mkdtempSync(join(tmpdir(), 'minutebook-read-only-'));
  const remove = (): void => rmSync(copy, { recursive: true, force: true });
  try {
    copyFiles(path, copy);
    const directory = DataDirectory.lock(copy);
    const release = (): void => {
      directory.unlock();
      remove();
    };
    return { directory, isCopy: true, release };
  } catch (error) {
    remove();
    throw error;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The files of a book and those of its read models; not the shared memory of a log, which SQLite makes anew. */
function copyFiles(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && entry.name === 'read-models') {
      mkdirSync(target);
      copyFiles(source, target);
    } else if (entry.isFile() && !/-shm$|^admin\.key$/.test(entry.name)) copyFileSync(source, target);
  }
}
