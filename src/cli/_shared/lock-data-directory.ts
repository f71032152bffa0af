import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DataDirectory } from '../../ledger/data-directory.js';
import { OperationFailedError } from './errors.js';

/**
 * Locks the data directory of a stopped server, which the caller unlocks. Does not create one: throws
 * OperationFailedError if it has no ledger, DataDirectoryError if it is in use. `option` named it on the command line.
 */
export function lockDataDirectory(path: string, option = '--data'): DataDirectory {
  if (!existsSync(join(path, 'ledger.db')))
    throw new OperationFailedError(
      `There is no book in ${resolve(path)}: name the data directory of a server with ${option}.`,
    );
  return DataDirectory.lock(path);
}
