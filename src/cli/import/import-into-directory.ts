import { randomUUID } from 'node:crypto';
import { readFileSync, existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { openNode } from '../../node/open-node.js';
import { Configuration } from '../../node/configuration.js';
import { isAllowed } from '../../auth/authorization.js';
import { importLines, isExport, LINE_MAX_BYTES, type ImportLineResult } from '../../commands/bulk-import.js';
import type { ApiKey } from '../../auth/key-store.js';
import type { ApiKeys } from '../../auth/api-keys.js';
import { readLines } from '../../json/ndjson-lines.js';
import type { DataDirectory } from '../../ledger/data-directory.js';
import type { ImportReport } from './import-report.js';
import { OperationFailedError } from '../_shared/errors.js';

/**
 * Imports lines into the data directory of a stopped server, or into a new one. Everything recorded is durable at the end;
 * the read models catch up at the next start. Rejects with OperationFailedError, or with what openNode() rejects with.
 */
export async function importIntoDirectory(
  path: string,
  key: string | undefined,
  source: Readable,
  report: ImportReport,
  signal: AbortSignal,
): Promise<void> {
  const { cluster, dataDirectory, checkpointKeyFile, checkpointName, continuesBehindHead } =
    new Configuration({
      ...process.env,
      DATA_DIR: path,
    });
  if (cluster)
    throw new OperationFailedError(
      'LEDGER names a cluster, which is imported into through a running node: name one with --url.',
    );
  const node = await openNode({
    dataDirectory,
    checkpointKeyFile,
    checkpointName,
    continuesBehindHead,
    onFatal: (sentence) => {
      console.error(sentence);
      process.exit(1);
    },
    warn: (sentence) => console.error(sentence),
  });
  signal.addEventListener('abort', () => source.destroy());
  try {
    const lines = readLines(source, LINE_MAX_BYTES);
    const first = await lines.next();
    report.readFirstLine(first.value?.bytes.toString() ?? '');
    const { name, role } = isExport(first)
      ? DIRECTORY_OWNER
      : await findImportPrincipal(node.apiKeys, node.directory, key);
    await importLines(Promise.resolve(first), lines, {
      node,
      sender: { actor: name, correlationId: randomUUID() },
      isAdmin: role === 'admin',
      isCheck: false,
      stopOnFailure: report.stopOnFailure,
      write: (result: ImportLineResult) => {
        if (!signal.aborted) report.addResult(result);
        return Promise.resolve();
      },
      isCancelled: () => signal.aborted,
      assertAllowed: () => undefined,
      runTurn: (work) => Promise.resolve(work()),
    });
  } finally {
    source.destroy();
    await node.close();
  }
}

/** Access to the files is enough to import into an empty ledger: the entries name who recorded them. */
const DIRECTORY_OWNER = { name: '', role: 'admin' } as const;

/** The principal that the events name: that of the key, or of the directory's admin key. Throws OperationFailedError. */
async function findImportPrincipal(
  apiKeys: ApiKeys,
  { adminKeyFile }: DataDirectory,
  key = process.env['MINUTEBOOK_KEY'],
): Promise<ApiKey> {
  if (await apiKeys.ensureAdminKey(adminKeyFile))
    console.error(`Made the first admin key; it is in ${adminKeyFile}.`);
  const secret = key || (existsSync(adminKeyFile) ? readFileSync(adminKeyFile, 'utf8').trim() : undefined);
  const found = secret === undefined ? undefined : apiKeys.find(secret);
  if (!found)
    throw new OperationFailedError(
      secret === undefined
        ? `Every entry names who recorded it, and ${adminKeyFile} does not exist: name a key with --key.`
        : 'The key is not known to this book, or was revoked.',
    );
  if (!isAllowed(found.role, 'record'))
    throw new OperationFailedError(`The role of this key is "${found.role}", which may not record.`);
  return found;
}
