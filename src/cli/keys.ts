// The keys of a book, changed beside a server that may be running.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Keys } from '../http/keys.js';
import { keysFile } from '../ledger/data-directory.js';
import { Refused } from './refused.js';

/**
 * Throws Refused, or what `act` throws. A directory without keys is left alone: the first start of the server makes
 * the first one.
 */
export function withKeys(directory: string, act: (keys: Keys) => void): void {
  const file = keysFile(resolve(directory));
  if (!existsSync(file))
    throw new Refused(
      `There is no book in ${resolve(directory)}: start the server on it first, or name another with --data.`,
    );
  const keys = new Keys(file);
  try {
    act(keys);
  } finally {
    keys.close();
  }
}
