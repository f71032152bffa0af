// The sequencer of the suites: an embedded ledger, or the cluster that MINUTEBOOK_CLUSTER names (npm run test:cluster).
// In the cluster each data directory has its own ledger, the same at each start.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NoteSigningKey } from '../../src/ledger/checkpoints/signed-note.js';

export type Environment = { readonly [name: string]: string | undefined };

const connection = process.env['MINUTEBOOK_CLUSTER'] ?? '';
export const isInCluster = connection !== '';

const getPrefix = (directory: string): string =>
  `t${createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 20)}`;

/** The settings of a server, with the ledger of the suites unless the test configures one. */
export function addLedgerSettings(settings: Environment, directory = settings['DATA_DIR']): Environment {
  if (!isInCluster || directory === undefined || settings['LEDGER'] !== undefined) return settings;
  const prefix = getPrefix(directory);
  const more = { ...settings, LEDGER: connection, LEDGER_PREFIX: settings['LEDGER_PREFIX'] ?? prefix };
  const isRefused = statSync(directory, { throwIfNoEntry: false })?.isFile();
  if (settings['CHECKPOINT_KEY_FILE'] !== undefined || isRefused) return more;
  // In a cluster no node creates a checkpoint key by itself.
  const file = join(directory, 'checkpoint.key');
  mkdirSync(directory, { recursive: true });
  if (!existsSync(file))
    writeFileSync(
      file,
      NoteSigningKey.generate(settings['CHECKPOINT_NAME'] ?? `minutebook/${prefix}`).secret,
      { mode: 0o600 },
    );
  return { ...more, CHECKPOINT_KEY_FILE: file };
}

/** Why tests do not run in a cluster. What applies there instead is tested in test/node/cluster-nodes.spec.ts. */
export const IMPORT_UNSUPPORTED_REASON = 'a cluster takes no whole book';
export const REPLICATION_AWAITED_REASON =
  'a node of a cluster waits for entries that others may have recorded';

const formatSkippedName = (name: string, reason: string): string =>
  `${name} (embedded ledger only: ${reason})`;

/** A test that does not apply to a cluster; there it is skipped, and its title gives the reason. */
export const itEmbedded = (
  reason: string,
  name: string,
  test: (() => Promise<void>) | (() => void),
  timeout?: number,
): void => {
  if (isInCluster) it.skip(formatSkippedName(name, reason), test);
  else it(name, test, timeout);
};

/** Tests that do not apply to a cluster; there they are skipped, and the title gives the reason. */
export const describeEmbedded = (reason: string, name: string, tests: () => void): void => {
  if (isInCluster) describe.skip(formatSkippedName(name, reason), tests);
  else describe(name, tests);
};
