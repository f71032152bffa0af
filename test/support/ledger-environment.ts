// What orders the facts while the suites run: each machine for itself, or a cluster for all when MINUTEBOOK_CLUSTER
// names one (npm run test:cluster). There each data directory has a ledger of its own, the same at each start.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NoteSigningKey } from '../../src/ledger/checkpoints/signed-note.js';
import type { KurrentDbSettings } from '../../src/ledger/kurrentdb/client/kurrentdb-connection.js';

export type Environment = { readonly [name: string]: string | undefined };

const connection = process.env['MINUTEBOOK_CLUSTER'] ?? '';
export const isInCluster = connection !== '';

const getPrefix = (directory: string): string =>
  `t${createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 20)}`;

/** The cluster for a book in this directory; undefined if the suites run on the embedded ledger. */
export const getClusterSettings = (directory: string): KurrentDbSettings | undefined =>
  isInCluster ? { connection, prefix: getPrefix(directory) } : undefined;

/** The settings of a server, with the ledger of the suites unless the test has named one. */
export function addLedgerSettings(settings: Environment, directory = settings['DATA_DIR']): Environment {
  if (!isInCluster || directory === undefined || settings['LEDGER'] !== undefined) return settings;
  const prefix = getPrefix(directory);
  const more = { ...settings, LEDGER: connection, LEDGER_PREFIX: settings['LEDGER_PREFIX'] ?? prefix };
  const isRefused = statSync(directory, { throwIfNoEntry: false })?.isFile();
  if (settings['CHECKPOINT_KEY_FILE'] !== undefined || isRefused) return more;
  // In a cluster no node makes a key by itself.
  const file = join(directory, 'checkpoint.key');
  mkdirSync(directory, { recursive: true });
  if (!existsSync(file))
    writeFileSync(
      file,
      NoteSigningKey.generate(settings['CHECKPOINT_NAME'] ?? `minutebook/${prefix}`).secret,
    );
  return { ...more, CHECKPOINT_KEY_FILE: file };
}

/** Why tests do not run in a cluster. What is true there instead is in a-node-of-a-cluster.spec.ts. */
export const IMPORT_IS_UNSUPPORTED = 'a cluster takes no whole book';
export const REPLICATION_IS_AWAITED = 'a node of a cluster waits for entries that others may have recorded';

const formatSkippedName = (name: string, reason: string): string =>
  `${name} (embedded ledger only: ${reason})`;

/** A test that has no meaning in a cluster; there it is skipped, and its name says why. Milliseconds. */
export const itEmbedded = (
  reason: string,
  name: string,
  test: (() => Promise<void>) | (() => void),
  timeout?: number,
): void => {
  if (isInCluster) it.skip(formatSkippedName(name, reason), test);
  else it(name, test, timeout);
};

/** Tests that have no meaning in a cluster; there they are skipped, and the name says why. */
export const describeEmbedded = (reason: string, name: string, tests: () => void): void => {
  if (isInCluster) describe.skip(formatSkippedName(name, reason), tests);
  else describe(name, tests);
};
