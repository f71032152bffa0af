import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { ApiClient } from '../_shared/api-client.js';
import { writeOutputFile } from '../_shared/input-output.js';
import { abortOnSignal } from '../_shared/abort-on-signal.js';
import { ProgressLine } from '../_shared/progress-line.js';
import { OperationFailedError } from '../_shared/errors.js';
import type { ConnectionOptions } from '../_shared/find-api-key.js';
import { generateDirectoryExport } from './directory-export.js';
import { assertCompleteExport } from './assert-complete-export.js';
import { addServerOrDirectoryOptions } from '../_shared/options.js';

type Options = ConnectionOptions & { readonly to?: string; readonly stream?: string };

export function addExportCommand(program: Command): void {
  addServerOrDirectoryOptions(program.command('export'))
    .description('write the whole book as lines (NDJSON), to be imported, audited or archived')
    .option(
      '--to <file>',
      'write to this file instead of the standard output; it is written whole or not at all',
    )
    .option('--stream <name>', 'only this stream, with a receipt that proves all of it')
    .action(async ({ to, stream, ...target }: Options) => {
      const signal = abortOnSignal();
      const progress = new ProgressLine();
      const source =
        target.data === undefined
          ? fetchExport(target, stream, signal)
          : generateDirectoryExport(target.data, stream);
      const lines = assertCompleteExport(source, (done, total) =>
        progress.show('Exporting lines', { done, of: total }),
      );
      try {
        if (to === undefined) await pipeline(lines, process.stdout, { end: false, signal });
        else await writeOutputFile(to, lines, signal);
      } finally {
        progress.clear();
      }
    });
}

async function* fetchExport(
  target: ConnectionOptions,
  stream: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const connection = new ApiClient(target);
  const path = stream === undefined ? '/events' : `/streams/${encodeURIComponent(stream)}`;
  const answer = await connection.request(path, { headers: { accept: 'application/x-ndjson' }, signal });
  if (!answer.body || !answer.headers.get('content-type')?.startsWith('application/x-ndjson'))
    throw new OperationFailedError(`${connection.url} does not answer with an export: check the address.`);
  try {
    yield* answer.body;
  } catch (error) {
    throw connection.toConnectionError(error);
  }
}
