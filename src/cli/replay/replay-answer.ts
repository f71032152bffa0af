// Replays an answer: loads the export into a temporary data directory, opens a server on it without listening, and
// requests the answer's permalink in the process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MisplacedEntryError } from '../../audit/load-export-unchecked.js';
import { Configuration } from '../../node/configuration.js';
import { InvalidExportError } from '../../ledger/export-line.js';
import type { ReadModelStatus } from '../../read-models/read-model-status.js';
import { openApplication, type OpenedApplication } from '../../server/start-server.js';
import { openInput } from '../_shared/input-output.js';
import type { ProgressLine } from '../_shared/progress-line.js';
import { OperationFailedError } from '../_shared/errors.js';
import type { SavedAnswer } from './saved-answer.js';
import { loadExport } from '../_shared/load-export.js';
import { READ_MODEL_POLL_INTERVAL_MS } from '../_shared/timeouts.js';

/**
 * Resolves to undefined if these entries give the same bytes again, else to the difference. Rejects with
 * OperationFailedError if the answer cannot be replayed.
 */
export async function replayAnswer(
  file: string,
  answer: SavedAnswer,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<string | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'minutebook-replay-'));
  const source = openInput(file);
  let server: OpenedApplication | undefined;
  try {
    await loadExport(source, join(directory, 'ledger.db'), progress, signal).catch((error: unknown) => {
      if (error instanceof InvalidExportError || error instanceof MisplacedEntryError)
        throw new OperationFailedError(`${file} cannot be read as a book: ${error.message}`);
      throw error;
    });
    server = await openApplication(
      new Configuration({ DATA_DIR: directory, LOG_LEVEL: 'error', BASE_PATH: answer.basePath }),
      (sentence) => {
        throw new Error(sentence);
      },
    );
    await waitForProjection(server, answer, progress, signal);
    return await findDifference(server, answer);
  } finally {
    progress.clear();
    source.destroy();
    await server?.app.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Waits until the read model has the answer's entry. Throws OperationFailedError if this release has no such version. */
async function waitForProjection(
  { node: { ledger, readModels } }: OpenedApplication,
  { projection, version, entry }: SavedAnswer,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<void> {
  const state = (): ReadModelStatus | undefined =>
    readModels.statuses().find(({ name }) => name === projection);
  const served = state();
  if (served?.version !== version)
    throw new OperationFailedError(
      `The answer is of version ${version} of "${projection}", and this release ${served ? `has version ${served.version}` : 'has none'}: replay it with the release that gave it.`,
    );
  if (ledger.getHead().entry < entry)
    throw new OperationFailedError(
      `The answer is as of entry ${entry}, and the export ends at entry ${ledger.getHead().entry}: it cannot be replayed.`,
    );
  for (
    let status = state();
    status && (status.status === 'building' || status.entry < entry);
    status = state()
  ) {
    if (status.status === 'failed')
      throw new OperationFailedError(`"${projection}" cannot be built: ${status.reason ?? 'unknown'}.`);
    progress.show(`Building ${projection}`, status.progress ?? { done: status.entry, of: entry });
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, READ_MODEL_POLL_INTERVAL_MS));
  }
}

async function findDifference(
  { app }: OpenedApplication,
  { address, entry, root, type, body }: SavedAnswer,
): Promise<string | undefined> {
  const replayed = await app.inject({ url: address, headers: { accept: type.split(';')[0] ?? type } });
  if (replayed.statusCode !== 200)
    return `at ${address} the replay answers with the status ${replayed.statusCode}.`;
  if (replayed.headers['ledger-entry'] !== String(entry))
    return `${address} is as of entry ${String(replayed.headers['ledger-entry'])}, and the answer states ${entry}.`;
  if (replayed.headers['ledger-root'] !== root)
    return `the first ${entry} entries have the root ${String(replayed.headers['ledger-root'])}, and the answer states ${root}.`;
  const bytes = replayed.rawPayload;
  if (bytes.equals(body)) return undefined;
  const firstDifference = bytes.findIndex((byte, index) => byte !== body[index]);
  const offset = firstDifference === -1 ? bytes.length : firstDifference;
  return `the bodies differ from byte ${offset + 1} on: the answer has ${excerpt(body, offset)}, and the replay has ${excerpt(bytes, offset)}.`;
}

const excerpt = (bytes: Buffer, offset: number): string =>
  offset >= bytes.length
    ? 'nothing more'
    : JSON.stringify(bytes.toString('utf8', Math.max(0, offset - 20), offset + 40));
