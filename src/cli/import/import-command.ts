import { type Command, Option } from 'commander';
import { ApiClient, type ConnectionOptions } from '../_shared/api-client.js';
import { openInput } from '../_shared/input-output.js';
import { importOverHttp } from './import-over-http.js';
import { ImportReport } from './import-report.js';
import { abortOnSignal } from '../_shared/abort-on-signal.js';
import { addServerOrDirectoryOptions } from '../_shared/options.js';

type Options = ConnectionOptions & { readonly onError: 'continue' | 'stop' };

export function addImportCommand(program: Command): void {
  addServerOrDirectoryOptions(program.command('import'))
    .description(
      'record commands, one a line, each on its own; or import a whole exported book into an empty one',
    )
    .argument('<file>', 'NDJSON; "-" is the standard input')
    .addOption(
      new Option('--on-error <what>', 'when a command is refused')
        .choices(['continue', 'stop'])
        .default('continue'),
    )
    .action(async (file: string, { onError, ...target }: Options) => {
      const signal = abortOnSignal();
      const source = openInput(file);
      const report = new ImportReport(onError === 'stop');
      try {
        if (target.data === undefined) await importOverHttp(new ApiClient(target), source, report, signal);
        else {
          const { importIntoDirectory } = await import('./import-into-directory.js'); // with the read models
          await importIntoDirectory(target.data, target.key, source, report, signal);
        }
      } catch (error) {
        signal.throwIfAborted(); // an abort may cause any other failure
        throw error;
      } finally {
        report.clearProgress();
      }
      signal.throwIfAborted();
      report.printSummary();
    });
}
