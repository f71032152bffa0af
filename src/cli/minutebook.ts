#!/usr/bin/env node
// minutebook <verb>. Exit codes: 0 done, 1 refused, 2 wrong usage. What goes wrong is one sentence on stderr.
import { Argument, Command, CommanderError, Option } from 'commander';
import { type Role, ROLES } from '../http/access.js';
import { KeyError } from '../http/keys.js';
import { NoBook, withKeys } from './keys.js';

type Where = { readonly data: string };

/** The data directory: the same one that `npm start` uses. */
const dataOption = (): Option =>
  new Option('--data <directory>', 'the data directory (also DATA_DIR)').default(
    process.env['DATA_DIR'] || './data',
  );

/** Commander's "error: unknown option '--x'" as a sentence. */
function sentence(text: string): string {
  const said = text.trim().replace(/^error: /, '');
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${said.endsWith('.') ? '' : '.'}\n`;
}

const program = new Command('minutebook')
  .description('A minute book for organizations.')
  .showSuggestionAfterError(false)
  .configureOutput({ outputError: (text, write) => write(sentence(text)) })
  .exitOverride();

program
  .command('serve')
  .description('serve a book over HTTP until a signal comes')
  .addOption(dataOption())
  .option('--port <number>', 'where to listen (also PORT; 3000)')
  .option('--host <address>', 'where to listen (also HOST; 127.0.0.1)')
  .action(async ({ data, port, host }: Where & { readonly port?: string; readonly host?: string }) => {
    const { serve } = await import('../serve.js'); // with the framework, which no other verb needs
    await serve({
      ...process.env,
      DATA_DIR: data,
      ...(port !== undefined && { PORT: port }),
      ...(host !== undefined && { HOST: host }),
    });
  });

const keys = program
  .command('keys')
  .description('who may do what; may be changed while the server runs, and holds at once');

keys
  .command('add')
  .description('make a key and print its secret, which is shown this once')
  .argument('<name>', 'stands in every fact recorded with the key; used once')
  .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
  .addOption(dataOption())
  .action((name: string, { data, role }: Where & { readonly role: Role }) =>
    withKeys(data, (all) => console.log(all.add(name, role))),
  );

keys
  .command('list')
  .description('print name, role and day of making of every valid key, one a line, with tabs between')
  .addOption(dataOption())
  .action(({ data }: Where) =>
    withKeys(data, (all) => {
      for (const { name, role, createdAt } of all.list()) console.log([name, role, createdAt].join('\t'));
    }),
  );

keys
  .command('revoke')
  .description('make a key invalid, for ever')
  .addArgument(new Argument('<name>'))
  .addOption(dataOption())
  .action((name: string, { data }: Where) => withKeys(data, (all) => all.revoke(name)));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const isRefusal = error instanceof KeyError || error instanceof NoBook;
    console.error(isRefusal ? error.message : String((error as Error).stack));
    process.exitCode = 1;
  }
}
