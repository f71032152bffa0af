import { type Command, InvalidArgumentError } from 'commander';
import { loadDotEnvFile } from '../../node/dotenv-file.js';
import { createDataOption, type DirectoryOptions } from '../_shared/options.js';

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('serve a book over HTTP until SIGINT or SIGTERM')
    .addOption(createDataOption())
    .option('--port <number>', 'the port to listen on (also PORT; 3000)', parsePort)
    .option('--host <address>', 'the address to listen on (also HOST; 127.0.0.1)')
    .action(
      async ({ data, port, host }: DirectoryOptions & { readonly port?: string; readonly host?: string }) => {
        const { serve } = await import('../../server/serve.js'); // loads the framework, which few verbs need
        loadDotEnvFile();
        await serve({
          ...process.env,
          DATA_DIR: data,
          ...(port !== undefined && { PORT: port }),
          ...(host !== undefined && { HOST: host }),
        });
      },
    );
}

function parsePort(text: string): string {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('It must be an integer from 0 to 65535.');
  return text;
}
