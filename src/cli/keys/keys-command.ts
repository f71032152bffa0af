import { Argument, type Command, Option } from 'commander';
import { type Role, ROLES } from '../../auth/authorization.js';
import type { ApiKeys } from '../../auth/api-keys.js';
import { createSigningKeyFile, withApiKeys } from './manage-keys.js';
import { createDataOption, type DirectoryOptions } from '../_shared/options.js';

export function addKeysCommand(program: Command): void {
  const on = (data: string, act: (all: ApiKeys) => Promise<void> | void): Promise<void> =>
    withApiKeys(data, process.env, act);
  const verb = program
    .command('keys')
    .description(
      'add, list and revoke API keys, also while the server runs; changes apply at once (with LEDGER: soon, on all nodes of the cluster)',
    );

  verb
    .command('add')
    .description('create a key and print its secret, which is shown only once')
    .argument('<name>', 'recorded in every event of this key; can be used only once')
    .addOption(new Option('--role <role>', 'what the key may do').choices(ROLES).makeOptionMandatory())
    .addOption(createDataOption())
    .action((name: string, { data, role }: DirectoryOptions & { readonly role: Role }) =>
      on(data, async (all) => console.log(await all.add(name, role))),
    );

  verb
    .command('list')
    .description('print name, role and creation time of every valid key, one a line, separated by tabs')
    .addOption(createDataOption())
    .action(({ data }: DirectoryOptions) =>
      on(data, (all) => {
        for (const { name, role, createdAt } of all.list()) console.log([name, role, createdAt].join('\t'));
      }),
    );

  verb
    .command('revoke')
    .description('revoke a key permanently')
    .addArgument(new Argument('<name>'))
    .addOption(createDataOption())
    .action((name: string, { data }: DirectoryOptions) => on(data, (all) => all.revoke(name)));

  verb
    .command('sign-with')
    .description('create a key that signs checkpoints, for CHECKPOINT_KEY_FILE of the nodes of a cluster')
    .argument('<file>', 'must not exist yet')
    .option(
      '--name <name>',
      'the name of the book in its checkpoints (also CHECKPOINT_NAME; by default random)',
    )
    .action(async (file: string, { name }: { readonly name?: string }) =>
      console.log(await createSigningKeyFile(file, name)),
    );
}
