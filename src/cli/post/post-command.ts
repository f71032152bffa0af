import { buffer } from 'node:stream/consumers';
import { type Command, InvalidArgumentError } from 'commander';
import { ApiClient } from '../_shared/api-client.js';
import type { ConnectionOptions } from '../_shared/find-api-key.js';
import { openInput } from '../_shared/input-output.js';
import { UsageError } from '../_shared/errors.js';
import { addServerOptions } from '../_shared/options.js';

type Options = ConnectionOptions & {
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
  readonly check?: true;
};

export function addPostCommand(program: Command): void {
  addServerOptions(program.command('post'))
    .description('send one command, and print the answer')
    .argument('<command>', 'for example admit-member; GET /commands lists them')
    .argument('[file]', 'the fields of the command as JSON; "-" or nothing is the standard input')
    .option('--idempotency-key <key>', 'makes it safe to send the command again')
    .option('--if-match <revision>', 'only if the stream has this revision', parseRevision)
    .option('--check', 'judge the command, and record nothing')
    .action(async (command: string, file: string | undefined, options: Options) => {
      if (file === undefined && process.stdin.isTTY)
        throw new UsageError('Name a file with the fields of the command, or pipe them in.');
      const { idempotencyKey, ifMatch, check = false } = options;
      const connection = new ApiClient(options);
      const answer = await connection.request(
        `/commands/${encodeURIComponent(command)}${check ? '?check=true' : ''}`,
        {
          method: 'POST',
          body: await buffer(openInput(file ?? '-')),
          headers: {
            'content-type': 'application/json',
            ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
            ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
          },
        },
      );
      console.log(await answer.text());
    });
}

function parseRevision(text: string): string {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a number such as 3.');
  return text;
}
