import { type Command, Option } from 'commander';
import { Connection, type Reach } from '../_shared/api-client.js';
import { input } from '../_shared/input-output.js';
import { importOver } from './import-over-http.js';
import { ImportReport } from './import-report.js';
import { interruption } from '../_shared/abort-on-signal.js';
import { ofServerOrDirectory } from '../_shared/options.js';

type Options = Reach & { readonly onError: 'continue' | 'stop' };

export function importLines(program: Command): void {
  ofServerOrDirectory(program.command('import'))
    .description('record lines of commands, each on its own, or a whole exported book in an empty one')
    .argument('<file>', 'NDJSON; "-" for what is piped in')
    .addOption(
      new Option('--on-error <what>', 'when a command is refused')
        .choices(['continue', 'stop'])
        .default('continue'),
    )
    .action(async (file: string, { onError, ...reach }: Options) => {
      const signal = interruption();
      const source = input(file);
      const report = new ImportReport(onError === 'stop');
      try {
        if (reach.data === undefined) await importOver(new Connection(reach), source, report, signal);
        else {
          const { importInto } = await import('./import-into-directory.js'); // with the read models
          await importInto(reach.data, reach.key, source, report, signal);
        }
      } catch (error) {
        signal.throwIfAborted(); // whatever that broke
        throw error;
      } finally {
        report.end();
      }
      signal.throwIfAborted();
      report.assertDone();
    });
}
