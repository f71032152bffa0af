// Changes API keys, while servers may be running.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Configuration } from '../../node/configuration.js';
import { SqliteKeyStore } from '../../auth/sqlite-key-store.js';
import { ApiKeys } from '../../auth/api-keys.js';
import { KurrentDbKeyStore } from '../../auth/kurrentdb-key-store.js';
import { createSigningKey } from '../../ledger/checkpoints/checkpoint-files.js';
import { getApiKeysFile } from '../../ledger/data-directory.js';
import type { EnvironmentVariables } from '../../server/serve.js';
import { OperationFailedError } from '../_shared/errors.js';

/**
 * Rejects with OperationFailedError, ConfigurationError, LedgerUnusableError, UnavailableError, or what `act` rejects
 * with. A ledger without keys stays unchanged: the first start of a server creates the first key. If the environment
 * names a cluster, its keys are used, and those of the directory are ignored.
 */
export async function withApiKeys(
  directory: string,
  environment: EnvironmentVariables,
  act: (keys: ApiKeys) => Promise<void> | void,
): Promise<void> {
  const { cluster } = new Configuration(environment);
  const keys = new ApiKeys(
    cluster
      ? new KurrentDbKeyStore({ cluster, file: ':memory:', warn: (sentence) => console.error(sentence) })
      : new SqliteKeyStore(findKeysFile(directory)),
  );
  try {
    await keys.refresh();
    if (cluster && keys.isEmpty())
      throw new OperationFailedError(
        `The cluster has no keys of a book with the prefix "${cluster.prefix}": start a server on it first, or correct LEDGER and LEDGER_PREFIX.`,
      );
    await act(keys);
  } finally {
    await keys.close();
  }
}

/** Creates a key that signs checkpoints; resolves to its vkey. Rejects with OperationFailedError or ConfigurationError. */
export async function createSigningKeyFile(file: string, name?: string): Promise<string> {
  const { checkpointName } = new Configuration({
    CHECKPOINT_NAME: name ?? process.env['CHECKPOINT_NAME'],
  });
  if (existsSync(file))
    throw new OperationFailedError(
      `${file} exists already: use it, or move it away if nothing was signed with it.`,
    );
  try {
    return (await createSigningKey(resolve(file), checkpointName)).verifierKey;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    throw code === undefined || syscall === undefined
      ? error
      : new OperationFailedError(`${file} cannot be written (${code}).`);
  }
}

function findKeysFile(directory: string): string {
  const file = getApiKeysFile(resolve(directory));
  if (!existsSync(file))
    throw new OperationFailedError(
      `There is no book in ${resolve(directory)}: start a server on it first, or name another directory with --data.`,
    );
  return file;
}
