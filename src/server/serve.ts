// How a process becomes a server: the same for `npm start`, `minutebook serve` and `npm run demo`.
import { Configuration, ConfigurationError } from '../node/configuration.js';
import { Contradiction } from '../ledger/checkpoints/checkpoints.js';
import { DataDirectoryUnusable } from '../ledger/data-directory.js';
import { LedgerUnusable } from '../ledger/sqlite/schema.js';
import { type Server, startServer } from './server.js';

export type Environment = { readonly [name: string]: string | undefined };

/** Ends the process with a sentence, at once. */
export function end(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

/** Serves until a signal comes. What cannot be opened ends the process with a sentence. */
export async function serve(environment: Environment): Promise<Server> {
  try {
    const server = await startServer(new Configuration(environment), end);
    const { signs, verifier } = server.book.checkpoints;
    console.log(
      signs
        ? `Checkpoints are signed with the key ${verifier}`
        : 'This node signs no checkpoints, since CHECKPOINT_KEY_FILE is not set: it serves those of other nodes.',
    );
    console.log(`Minutebook is open at ${server.url} (documentation: ${server.url}/docs).`);
    return server;
  } catch (error) {
    if (
      error instanceof ConfigurationError ||
      error instanceof DataDirectoryUnusable ||
      error instanceof Contradiction ||
      error instanceof LedgerUnusable
    )
      end(error.message);
    end(String((error as Error).stack));
  }
}
