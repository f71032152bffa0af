import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { Connection, type Reach } from '../_shared/api-client.js';
import { writeWhole } from '../_shared/input-output.js';
import { interruption } from '../_shared/abort-on-signal.js';
import { ProgressLine } from '../_shared/progress-line.js';
import { Refused } from '../_shared/errors.js';
import { linesOfStopped } from './export-offline.js';
import { wholeLines } from './check-complete-export.js';
import { ofServerOrDirectory } from '../_shared/options.js';

type Options = Reach & { readonly to?: string; readonly stream?: string };

export function exportBook(program: Command): void {
  ofServerOrDirectory(program.command('export'))
    .description('write the whole book as lines, which can be imported, audited and kept')
    .option('--to <file>', 'where to, instead of the standard output; it is there whole or not at all')
    .option('--stream <name>', 'only this stream, with a receipt that proves all of it')
    .action(async ({ to, stream, ...place }: Options) => {
      const signal = interruption();
      const progress = new ProgressLine();
      const source =
        place.data === undefined ? overHttp(place, stream, signal) : linesOfStopped(place.data, stream);
      const lines = wholeLines(source, (done, of) => progress.show('Exporting lines', { done, of }));
      try {
        if (to === undefined) await pipeline(lines, process.stdout, { end: false, signal });
        else await writeWhole(to, lines, signal);
      } finally {
        progress.clear();
      }
    });
}

async function* overHttp(
  place: Reach,
  stream: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const connection = new Connection(place);
  const path = stream === undefined ? '/events' : `/streams/${encodeURIComponent(stream)}`;
  const answer = await connection.ask(path, { headers: { accept: 'application/x-ndjson' }, signal });
  if (!answer.body || !answer.headers.get('content-type')?.startsWith('application/x-ndjson'))
    throw new Refused(`${connection.url} is not a server that exports: look at the address.`);
  try {
    yield* answer.body;
  } catch (error) {
    throw connection.broken(error);
  }
}
