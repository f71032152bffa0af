import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiKey } from '../../auth/key-store.js';
import { isAllowed } from '../../auth/authorization.js';
import { importLines } from '../../commands/bulk-import.js';
import { findCommandSchema } from '../../commands/command-schema.js';
import type { JsonObject } from '../../json/json.js';
import { Configuration } from '../../node/configuration.js';
import { type OpenedNode, openNode } from '../../node/open-node.js';
import { OperationFailedError } from '../_shared/errors.js';
import type { ImportInput } from './import-input.js';
import { type ImportRequest, openImportInput } from './open-import-input.js';

/**
 * Imports lines into the data directory of a stopped server, or into a new one. Everything recorded is durable at the end;
 * the read models catch up at the next start. A check of a new directory makes none. Rejects with OperationFailedError, or with what openNode() rejects with.
 */
export async function importIntoDirectory(
  path: string,
  key: string | undefined,
  request: ImportRequest,
): Promise<void> {
  // The input is looked at first: no directory is made for a file that is none.
  const input = await openImportInput(request, getSchema);
  const temporary =
    request.isCheck && !existsSync(path) ? mkdtempSync(join(tmpdir(), 'minutebook-check-')) : undefined;
  try {
    const node = await openDirectory(temporary ?? path);
    try {
      const isOwner = input.expectedEntries !== undefined || temporary !== undefined;
      const principal = isOwner ? DIRECTORY_OWNER : await findImportPrincipal(node, key, request.isCheck);
      await importInto(node, input, principal, request);
    } finally {
      await node.close();
    }
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
}

function getSchema(command: string): Promise<JsonObject> {
  const schema = findCommandSchema(command);
  return schema
    ? Promise.resolve(schema)
    : Promise.reject(new OperationFailedError(`There is no command "${command}".`));
}

async function openDirectory(path: string): Promise<OpenedNode> {
  const { cluster, dataDirectory, checkpointKeyFile, checkpointName, continuesBehindHead } =
    new Configuration({ ...process.env, DATA_DIR: path });
  if (cluster)
    throw new OperationFailedError(
      'LEDGER names a cluster, which is imported into through a running node: name one with --url.',
    );
  return openNode({
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
}

async function importInto(
  node: OpenedNode,
  input: ImportInput,
  { name, role }: Pick<ApiKey, 'name' | 'role'>,
  { source, stopOnFailure, isCheck, report, signal }: ImportRequest,
): Promise<void> {
  signal.addEventListener('abort', () => source.destroy());
  const check = isCheck ? node.commandHandler.openDryRun() : undefined;
  const lines = input.readLines();
  try {
    await importLines(lines.next(), lines, {
      node: { ...node, commandHandler: check?.handler ?? node.commandHandler },
      sender: { actor: name, correlationId: randomUUID() },
      isAdmin: role === 'admin',
      isCheck,
      stopOnFailure,
      write: (result) => {
        if (!signal.aborted) report.addResult(result);
        return Promise.resolve();
      },
      isCancelled: () => signal.aborted,
      assertAllowed: () => undefined,
      runTurn: (work) => Promise.resolve(work()),
    });
  } finally {
    source.destroy();
    await check?.close();
  }
}

/** Access to the files is enough for what no event names: an export has the names of its own, and a check records none. */
const DIRECTORY_OWNER = { name: 'admin', role: 'admin' } as const;

/** The principal that the events name: that of the key, or of the directory's admin key. Throws OperationFailedError. */
async function findImportPrincipal(
  { apiKeys, directory: { adminKeyFile } }: OpenedNode,
  key = process.env['MINUTEBOOK_KEY'],
  isCheck: boolean,
): Promise<ApiKey> {
  if (!isCheck && (await apiKeys.ensureAdminKey(adminKeyFile)))
    console.error(`Made the first admin key; it is in ${adminKeyFile}.`);
  const secret = key || (existsSync(adminKeyFile) ? readFileSync(adminKeyFile, 'utf8').trim() : undefined);
  const found = secret === undefined ? undefined : apiKeys.find(secret);
  if (!found)
    throw new OperationFailedError(
      secret === undefined
        ? `Every entry names who recorded it, and ${adminKeyFile} does not exist: name a key with --key.`
        : 'The key is not known to this book, or was revoked: name another one with --key or MINUTEBOOK_KEY.',
    );
  if (!isAllowed(found.role, 'record'))
    throw new OperationFailedError(`The role of this key is "${found.role}", which may not record.`);
  return found;
}
