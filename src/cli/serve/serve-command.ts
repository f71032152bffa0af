import type { Command } from 'commander';
import { createDataOption, type DirectoryOptions } from '../_shared/options.js';

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('serve a book over HTTP until a signal comes')
    .addOption(createDataOption())
    .option('--port <number>', 'where to listen (also PORT; 3000)')
    .option('--host <address>', 'where to listen (also HOST; 127.0.0.1)')
    .action(
      async ({ data, port, host }: DirectoryOptions & { readonly port?: string; readonly host?: string }) => {
        const { serve } = await import('../../server/serve.js'); // with the framework, which no other verb needs
        await serve({
          ...process.env,
          DATA_DIR: data,
          ...(port !== undefined && { PORT: port }),
          ...(host !== undefined && { HOST: host }),
        });
      },
    );
}
