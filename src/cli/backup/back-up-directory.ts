// A complete copy of a data directory, while a server may be recording in it.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parseUnverifiedCheckpoint } from '../../ledger/checkpoints/checkpoint.js';
import { assertMatchesCheckpoint } from '../../ledger/checkpoints/checkpoints.js';
import { keepNewFilesPrivate } from '../../ledger/data-directory.js';
import { publishDirectory } from '../../ledger/durable-file.js';
import { checkFileIntegrity } from '../../ledger/sqlite/integrity-check.js';
import { openHardenedDatabase } from '../../ledger/sqlite/open-hardened-database.js';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { Configuration } from '../../node/configuration.js';
import type { EnvironmentVariables } from '../../server/serve.js';
import { OperationFailedError } from '../_shared/errors.js';

type Backup = {
  readonly directory: string;
  readonly entries: number;
  /** Of the tree of these entries, in base64. */
  readonly root: string;
};

/**
 * Copies ledger.db, keys.db, the signing keys and the last checkpoint. Resolves when the copy is durable under its name
 * and was verified: before it has another name, so that what a crash leaves is not taken for a backup. Rejects with
 * OperationFailedError, ConfigurationError, LedgerUnusableError, CheckpointConflictError, or what the file system and
 * SQLite throw.
 */
export async function backUpDirectory(
  data: string,
  to: string,
  environment: EnvironmentVariables,
): Promise<Backup> {
  const { cluster, checkpointKeyFile } = new Configuration(environment);
  const [from, directory] = [resolve(data), resolve(to)];
  if (cluster)
    throw new OperationFailedError(
      'LEDGER names a cluster, whose log is backed up with its own means; a data directory of a node is only a copy.',
    );
  if (!existsSync(join(from, 'ledger.db')))
    throw new OperationFailedError(`There is no book in ${from}: name its directory with --data.`);
  if (existsSync(directory) && readdirSync(directory).length > 0)
    throw new OperationFailedError(`${directory} is not empty: name a new directory with --to.`);
  keepNewFilesPrivate();
  mkdirSync(dirname(directory), { recursive: true });
  const temporary = mkdtempSync(join(dirname(directory), `${basename(directory)}.partial-`));
  try {
    copyFiles(from, temporary, checkpointKeyFile);
    const verified = verifyCopy(temporary);
    await publishDirectory(temporary, directory);
    return { directory, ...verified };
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** The checkpoint first: the ledger, which is read later, has at least its entries. */
function copyFiles(from: string, to: string, checkpointKeyFile: string | undefined): void {
  const copyIfThere = (source: string, name: string): void => {
    if (existsSync(source)) copyFileSync(source, join(to, name));
  };
  copyIfThere(join(from, 'checkpoint'), 'checkpoint');
  copyDatabase(join(from, 'ledger.db'), join(to, 'ledger.db'));
  if (existsSync(join(from, 'keys.db'))) copyDatabase(join(from, 'keys.db'), join(to, 'keys.db'));
  copyIfThere(checkpointKeyFile ?? join(from, 'checkpoint.key'), 'checkpoint.key');
  copyIfThere(join(from, 'session.key'), 'session.key');
}

/**
 * As of one moment, in one read transaction: what is recorded meanwhile neither delays it nor makes it start over, as it
 * does with SQLite's stepwise backup (https://sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause).
 */
function copyDatabase(from: string, to: string): void {
  const db = openHardenedDatabase(from, { readonly: true, fileMustExist: true });
  try {
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
}

/** Throws unless the copy is intact and has the entries of its checkpoint. */
function verifyCopy(directory: string): { readonly entries: number; readonly root: string } {
  for (const name of ['ledger.db', 'keys.db'].filter((each) => existsSync(join(directory, each)))) {
    const [damage] = checkFileIntegrity(join(directory, name));
    if (damage !== undefined)
      throw new OperationFailedError(
        `${name} is damaged (${damage}), and so would be the backup: audit the book (minutebook audit).`,
      );
  }
  const ledger = new SqliteLedger(join(directory, 'ledger.db'));
  try {
    const file = join(directory, 'checkpoint');
    const note = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    assertMatchesCheckpoint(
      ledger,
      note === undefined ? undefined : parseUnverifiedCheckpoint(note)?.checkpoint,
    );
    const { entry: entries } = ledger.getHead();
    return { entries, root: ledger.tree.getRoot(entries).toString('base64') };
  } finally {
    ledger.close();
  }
}
