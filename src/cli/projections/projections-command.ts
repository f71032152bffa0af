import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Status } from '../../read-models/read-models.js';
import { Connection, type Reach } from '../_shared/api-client.js';
import { interruption } from '../_shared/abort-on-signal.js';
import { ProgressLine } from '../_shared/progress-line.js';
import { Refused } from '../_shared/errors.js';
import { ofServer } from '../_shared/options.js';

/** How often a rebuild is asked how far it is, in milliseconds. */
const EVERY = 250;

export function projections(program: Command): void {
  const verb = ofServer(program.command('projections'))
    .description('print name, version, entry, lag and status of every read model of a server')
    .action(async (reach: Reach) => {
      const statuses = await statusesOf(new Connection(reach));
      const rows = statuses.map(({ name, version, entry, lag, status }) => [
        name,
        version,
        entry,
        lag,
        status,
      ]);
      console.log(table([['name', 'version', 'entry', 'lag', 'status'], ...rows]));
    });

  ofServer(verb.command('rebuild'))
    .description('fold a read model anew while the old file serves, and wait until the new one does')
    .argument('<name>')
    // The options stand before or after "rebuild".
    .action((name: string, _: unknown, command: Command) =>
      rebuilt(new Connection(command.optsWithGlobals<Reach>()), name, interruption()),
    );
}

async function statusesOf(connection: Connection, signal?: AbortSignal): Promise<readonly Status[]> {
  const answer = await connection.ask('/projections', signal && { signal });
  const { items } = (await answer.json()) as { readonly items: readonly Status[] };
  return items;
}

/** Resolves when another generation serves than before. What was begun goes on without whoever interrupts this. */
async function rebuilt(connection: Connection, name: string, signal: AbortSignal): Promise<void> {
  const progress = new ProgressLine();
  const path = `/projections/${encodeURIComponent(name)}/rebuild`;
  const begun = (await (await connection.ask(path, { method: 'POST', signal })).json()) as Status;
  try {
    for (;;) {
      const now = (await statusesOf(connection, signal)).find((status) => status.name === name);
      if (now && now.generation !== begun.generation) return;
      if (!now?.progress)
        throw new Refused(
          `${name} was not rebuilt${now?.reason === undefined ? ': the log of the server says why' : ` (${now.reason})`}.`,
        );
      progress.show(`Rebuilding ${name}`, now.progress);
      await pause(EVERY, undefined, { signal });
    }
  } finally {
    progress.clear();
  }
}

/** Columns as wide as what stands in them. */
function table(rows: readonly (readonly (string | number)[])[]): string {
  const width = (column: number): number => Math.max(...rows.map((row) => String(row[column]).length));
  const widths = rows[0]?.map((_, column) => width(column)) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => String(cell).padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
