import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { ReadModelStatus } from '../../read-models/read-model-status.js';
import { ApiClient } from '../_shared/api-client.js';
import { abortOnSignal } from '../_shared/abort-on-signal.js';
import { ProgressLine } from '../_shared/progress-line.js';
import { OperationFailedError } from '../_shared/errors.js';
import type { ConnectionOptions } from '../_shared/find-api-key.js';
import { addServerOptions } from '../_shared/options.js';
import { REBUILD_POLL_INTERVAL_MS } from '../_shared/timeouts.js';
import { formatColumns } from '../_shared/format-columns.js';

export function addProjectionsCommand(program: Command): void {
  const verb = addServerOptions(program.command('projections'))
    .description('print name, version, entry, lag and status of every read model of a server')
    .action(async (reach: ConnectionOptions) => {
      const statuses = await fetchStatuses(new ApiClient(reach));
      const rows = statuses.map(({ name, version, entry, lag, status }) => [
        name,
        version,
        entry,
        lag,
        status,
      ]);
      console.log(formatColumns([['name', 'version', 'entry', 'lag', 'status'], ...rows]));
    });

  addServerOptions(verb.command('rebuild'))
    .description('rebuild a read model while the old generation serves, and wait until the new one does')
    .argument('<name>')
    // The options may come before or after "rebuild".
    .action((name: string, _: unknown, command: Command) =>
      rebuildProjection(new ApiClient(command.optsWithGlobals<ConnectionOptions>()), name, abortOnSignal()),
    );
}

async function fetchStatuses(
  connection: ApiClient,
  signal?: AbortSignal,
): Promise<readonly ReadModelStatus[]> {
  const answer = await connection.request('/projections', signal && { signal });
  const { items } = (await answer.json()) as { readonly items: readonly ReadModelStatus[] };
  return items;
}

/** Resolves when a new generation serves. The server continues the rebuild if this is interrupted. */
async function rebuildProjection(connection: ApiClient, name: string, signal: AbortSignal): Promise<void> {
  const progress = new ProgressLine();
  const path = `/projections/${encodeURIComponent(name)}/rebuild`;
  const begun = (await (
    await connection.request(path, { method: 'POST', signal })
  ).json()) as ReadModelStatus;
  try {
    for (;;) {
      const now = (await fetchStatuses(connection, signal)).find((status) => status.name === name);
      if (now && now.generation !== begun.generation) return;
      if (!now?.progress)
        throw new OperationFailedError(
          `${name} was not rebuilt${now?.reason === undefined ? ': see the log of the server' : ` (${now.reason})`}.`,
        );
      progress.show(`Rebuilding ${name}`, now.progress);
      await pause(REBUILD_POLL_INTERVAL_MS, undefined, { signal });
    }
  } finally {
    progress.clear();
  }
}
