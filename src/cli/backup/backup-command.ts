import type { Command } from 'commander';
import { createDataOption, type DirectoryOptions } from '../_shared/options.js';

export function addBackupCommand(program: Command): void {
  program
    .command('backup')
    .description(
      'write a complete copy of a data directory, also while its server records; DATA_DIR=<directory> npm start serves the copy',
    )
    .requiredOption('--to <directory>', 'the copy; must not exist yet, or be empty')
    .addOption(createDataOption())
    .action(async ({ data, to }: DirectoryOptions & { readonly to: string }) => {
      const { backUpDirectory } = await import('./back-up-directory.js');
      const { directory, entries, root } = await backUpDirectory(data, to, process.env);
      console.log(`${directory} has the book up to entry ${entries}, whose tree has the root ${root}.`);
    });
}
