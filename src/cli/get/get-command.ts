import type { Command } from 'commander';
import { ApiClient } from '../_shared/api-client.js';
import type { ConnectionOptions } from '../_shared/find-api-key.js';
import { addServerOptions } from '../_shared/options.js';

export function addGetCommand(program: Command): void {
  addServerOptions(program.command('get'))
    .description('read an address of a server with the API key, and print the answer; JSON is indented')
    .argument('<path>', 'for example "/organizations/csto/members?on=2011-05-31"; quote it in a shell')
    .action(async (path: string, options: ConnectionOptions) => {
      const connection = new ApiClient(options);
      const answer = await connection.request(path.startsWith('/') ? path : `/${path}`);
      const text = await answer.text();
      const isJson = /^application\/(?:[\w.-]+\+)?json\b/.test(answer.headers.get('content-type') ?? '');
      process.stdout.write(isJson ? `${JSON.stringify(JSON.parse(text), undefined, 2)}\n` : text);
    });
}
