import { Argument, type Command, Option } from 'commander';
import { type Role, ROLES } from '../../auth/authorization.js';
import type { ApiKeys } from '../../auth/api-keys.js';
import { createSigningKeyFile, useApiKeys } from './manage-keys.js';
import { createDataOption, type DirectoryOptions } from '../_shared/options.js';

export function addKeysCommand(program: Command): void {
  const on = (data: string, act: (all: ApiKeys) => Promise<void> | void): Promise<void> =>
    useApiKeys(data, process.env, act);
  const verb = program
    .command('keys')
    .description(
      'who may do what; may be changed while the server runs, and holds at once (with LEDGER: on all nodes of the cluster, soon)',
    );

  verb
    .command('add')
    .description('make a key and print its secret, which is shown this once')
    .argument('<name>', 'stands in every fact recorded with the key; used once')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .addOption(createDataOption())
    .action((name: string, { data, role }: DirectoryOptions & { readonly role: Role }) =>
      on(data, async (all) => console.log(await all.add(name, role))),
    );

  verb
    .command('list')
    .description('print name, role and day of making of every valid key, one a line, with tabs between')
    .addOption(createDataOption())
    .action(({ data }: DirectoryOptions) =>
      on(data, (all) => {
        for (const { name, role, createdAt } of all.list()) console.log([name, role, createdAt].join('\t'));
      }),
    );

  verb
    .command('revoke')
    .description('make a key invalid, for ever')
    .addArgument(new Argument('<name>'))
    .addOption(createDataOption())
    .action((name: string, { data }: DirectoryOptions) => on(data, (all) => all.revoke(name)));

  verb
    .command('sign-with')
    .description('make a key that signs checkpoints, for CHECKPOINT_KEY_FILE of the nodes of a cluster')
    .argument('<file>', 'which must not exist yet')
    .option('--name <name>', 'what the book calls itself (also CHECKPOINT_NAME; a name by chance)')
    .action(async (file: string, { name }: { readonly name?: string }) =>
      console.log(await createSigningKeyFile(file, name)),
    );
}
