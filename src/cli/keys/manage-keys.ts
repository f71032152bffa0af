// The keys of a book, changed beside servers that may be running.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Configuration } from '../../node/configuration.js';
import { KeyFile } from '../../auth/sqlite-key-store.js';
import { Keys } from '../../auth/api-keys.js';
import { SharedKeys } from '../../auth/kurrentdb-key-store.js';
import { makeKey } from '../../ledger/checkpoints/checkpoint-file.js';
import { keysFile } from '../../ledger/data-directory.js';
import type { Environment } from '../../server/serve.js';
import { Refused } from '../_shared/errors.js';

/**
 * Rejects with Refused, ConfigurationError, LedgerUnusable, Unavailable, or what `act` rejects with. A book without keys
 * is left alone: the first start of a server makes the first one. If the environment names a cluster, its keys are
 * meant, and those of the directory are not looked at.
 */
export async function withKeys(
  directory: string,
  environment: Environment,
  act: (keys: Keys) => Promise<void> | void,
): Promise<void> {
  const { cluster } = new Configuration(environment);
  const keys = new Keys(
    cluster
      ? new SharedKeys({ cluster, file: ':memory:', warn: (sentence) => console.error(sentence) })
      : new KeyFile(fileOf(directory)),
  );
  try {
    await keys.refresh();
    if (cluster && keys.isEmpty())
      throw new Refused(
        `The cluster has no keys of a book with the prefix "${cluster.prefix}": start a server on it first, or set LEDGER and LEDGER_PREFIX right.`,
      );
    await act(keys);
  } finally {
    await keys.close();
  }
}

/** Makes a key that signs checkpoints; returns its vkey. Throws Refused or ConfigurationError. */
export function signingKey(file: string, name?: string): string {
  const { checkpointName } = new Configuration({
    CHECKPOINT_NAME: name ?? process.env['CHECKPOINT_NAME'],
  });
  if (existsSync(file))
    throw new Refused(`${file} is there already: move it away, if nothing was signed with it, or use it.`);
  try {
    return makeKey(resolve(file), checkpointName).verifier;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : new Refused(`${file} cannot be written (${code}).`);
  }
}

function fileOf(directory: string): string {
  const file = keysFile(resolve(directory));
  if (!existsSync(file))
    throw new Refused(
      `There is no book in ${resolve(directory)}: start the server on it first, or name another with --data.`,
    );
  return file;
}
