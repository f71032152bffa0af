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
    .description('record lines of commands, each on its own, or a whole exported book in an empty one')
    .argument('<file>', 'NDJSON; "-" for what is piped in')
    .addOption(
      new Option('--on-error <what>', 'when a command is refused')
        .choices(['continue', 'stop'])
        .default('continue'),
    )
    .action(async (file: string, { onError, ...reach }: Options) => {
      const signal = abortOnSignal();
      const source = openInput(file);
      const report = new ImportReport(onError === 'stop');
      try {
        if (reach.data === undefined) await importOverHttp(new ApiClient(reach), source, report, signal);
        else {
          const { importIntoDirectory } = await import('./import-into-directory.js'); // with the read models
          await importIntoDirectory(reach.data, reach.key, source, report, signal);
        }
      } catch (error) {
        signal.throwIfAborted(); // whatever that broke
        throw error;
      } finally {
        report.clearProgress();
      }
      signal.throwIfAborted();
      report.printSummary();
    });
}
