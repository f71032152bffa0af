import { Argument, type Command, Option } from 'commander';
import { Configuration } from '../../configuration.js';
import { type Role, ROLES } from '../../http/access.js';
import { withKeys } from '../keys.js';
import { makeSigningKey } from '../signing-key.js';
import { dataOption, type Where } from './data.js';

export function keys(program: Command): void {
  const verb = program
    .command('keys')
    .description('who may do what; may be changed while the server runs, and holds at once');

  verb
    .command('add')
    .description('make a key and print its secret, which is shown this once')
    .argument('<name>', 'stands in every fact recorded with the key; used once')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .addOption(dataOption())
    .action((name: string, { data, role }: Where & { readonly role: Role }) =>
      withKeys(data, (all) => console.log(all.add(name, role))),
    );

  verb
    .command('list')
    .description('print name, role and day of making of every valid key, one a line, with tabs between')
    .addOption(dataOption())
    .action(({ data }: Where) =>
      withKeys(data, (all) => {
        for (const { name, role, createdAt } of all.list()) console.log([name, role, createdAt].join('\t'));
      }),
    );

  verb
    .command('revoke')
    .description('make a key invalid, for ever')
    .addArgument(new Argument('<name>'))
    .addOption(dataOption())
    .action((name: string, { data }: Where) => withKeys(data, (all) => all.revoke(name)));

  verb
    .command('sign-with')
    .description(
      'make a key that signs checkpoints, in a file for CHECKPOINT_KEY_FILE, and print its public key',
    )
    .argument('<file>', 'must not be there yet')
    .option('--name <origin>', 'what the book calls itself in its checkpoints (also CHECKPOINT_NAME)')
    .action((file: string, { name }: { readonly name?: string }) => {
      const { checkpointName } = new Configuration({
        CHECKPOINT_NAME: name ?? process.env['CHECKPOINT_NAME'],
      });
      console.log(makeSigningKey(file, checkpointName));
    });
}
