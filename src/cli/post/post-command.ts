import { buffer } from 'node:stream/consumers';
import { type Command, InvalidArgumentError } from 'commander';
import { Connection, type Reach } from '../_shared/api-client.js';
import { input } from '../_shared/input-output.js';
import { WrongUsage } from '../_shared/errors.js';
import { ofServer } from '../_shared/options.js';

type Options = Reach & { readonly idempotencyKey?: string; readonly ifMatch?: string };

export function post(program: Command): void {
  ofServer(program.command('post'))
    .description('record one fact, and print the answer')
    .argument('<command>', 'such as admit-member; the server lists them under /commands')
    .argument('[file]', 'the fields of the command as JSON; "-" or nothing for what is piped in')
    .option('--idempotency-key <key>', 'makes it safe to send again, for ever')
    .option('--if-match <revision>', 'only if its stream has this revision', revisionOf)
    .action(async (command: string, file: string | undefined, options: Options) => {
      if (file === undefined && process.stdin.isTTY)
        throw new WrongUsage('Name a file with the fields of the command, or pipe them in.');
      const { idempotencyKey, ifMatch } = options;
      const connection = new Connection(options);
      const answer = await connection.ask(`/commands/${encodeURIComponent(command)}`, {
        method: 'POST',
        body: await buffer(input(file ?? '-')),
        headers: {
          'content-type': 'application/json',
          ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
          ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
        },
      });
      console.log(await answer.text());
    });
}

function revisionOf(text: string): string {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a number such as 3.');
  return text;
}
