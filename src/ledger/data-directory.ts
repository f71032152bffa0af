import { getErrorMessage } from '../errors/get-error-message.js';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { ApplicationError } from '../errors/application-error.js';
import { keepReserve, releaseReserve } from './disk-reserve.js';
import { createDurableDirectory } from './durable-file.js';
import { openHardenedDatabase } from './sqlite/open-hardened-database.js';
import { getSqliteCode } from './sqlite/sqlite-errors.js';

/** The data directory cannot be used. The message is a sentence for the console. */
export class DataDirectoryError extends ApplicationError {
  readonly code: 'data-directory-unusable' | 'data-directory-in-use' = 'data-directory-unusable';
}
export class DataDirectoryInUseError extends DataDirectoryError {
  override readonly code = 'data-directory-in-use';
}

/**
 * The API keys in a data directory, and the idempotency keys of commands that changed nothing: the only file that may be
 * changed without the lock.
 */
export const getApiKeysFile = (path: string): string => join(path, 'keys.db');

/** From now on this process creates files that only their owner may read: a book may be closed to other users. */
export function keepNewFilesPrivate(): void {
  process.umask(0o077);
}

/** The files of one node, locked by one process at a time. */
export class DataDirectory {
  readonly #lock: Database.Database;

  private constructor(
    readonly path: string,
    lock: Database.Database,
  ) {
    this.#lock = lock;
  }

  /**
   * Creates the directory if it does not exist, and locks it. Throws DataDirectoryError. The lock is an exclusive
   * transaction of SQLite, so the kernel releases it with the process, however that ends.
   */
  static lock(path: string): DataDirectory {
    let lock: Database.Database | undefined;
    try {
      createDurableDirectory(path);
      releaseReserve(join(path, 'reserve'));
      lock = openHardenedDatabase(join(path, 'lock.db'), { timeout: 0 });
      lock.pragma('journal_mode = MEMORY'); // writes nothing, so that a full disk is no reason not to serve reads
      lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      lock?.close();
      if (getSqliteCode(error).startsWith('SQLITE_BUSY'))
        throw new DataDirectoryInUseError(
          `${path} is in use by another Minutebook process: stop that one first.`,
        );
      throw new DataDirectoryError(`${path} cannot be used as a data directory: ${getErrorMessage(error)}.`);
    }
    return new DataDirectory(path, lock);
  }

  get ledgerFile(): string {
    return join(this.path, 'ledger.db');
  }

  get readModelsDirectory(): string {
    return join(this.path, 'read-models');
  }

  /** Where an audit builds its read models. */
  get auditScratchDirectory(): string {
    return join(this.path, 'audit');
  }

  get keysFile(): string {
    return getApiKeysFile(this.path);
  }

  get adminKeyFile(): string {
    return join(this.path, 'admin.key');
  }

  /** The key that signs checkpoints, unless another file is named. */
  get checkpointKeyFile(): string {
    return join(this.path, 'checkpoint.key');
  }

  /** The last checkpoint that this node published or has seen. */
  get checkpointFile(): string {
    return join(this.path, 'checkpoint');
  }

  /** A second copy of a cluster's log, while a divergence is diagnosed. */
  get logCopyFile(): string {
    return join(this.path, 'reread.db');
  }

  /** Sets aside the space by which a start on a full disk can serve reads. To be called when nothing else is to be written. */
  keepReserve(): void {
    keepReserve(join(this.path, 'reserve'));
  }

  unlock(): void {
    this.#lock.close();
  }
}
