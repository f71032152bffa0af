// Runs a server in this process: the same for `npm start`, `minutebook serve` and `npm run demo`.
import { explainFatalError, getDebugStack } from '../errors/explain-fatal-error.js';
import { printOperatorMessage, type LogFormat } from '../node/operator-message.js';
import { Configuration } from '../node/configuration.js';
import { type RunningServer, startServer } from './start-server.js';

export type EnvironmentVariables = { readonly [name: string]: string | undefined };

/** Prints a sentence and ends the process at once. */
export function exitWithMessage(sentence: string, format: LogFormat = 'text'): never {
  printOperatorMessage(sentence, format, 'fatal');
  process.exit(1);
}

/** Serves until a signal stops it. A failure to start ends the process with a sentence. */
export async function serve(environment: EnvironmentVariables): Promise<RunningServer> {
  // Before the settings are judged, since an invalid one is reported in this format, too.
  const format: LogFormat = environment['LOG_FORMAT'] === 'json' ? 'json' : 'text';
  try {
    const server = await startServer(new Configuration(environment), (sentence) =>
      exitWithMessage(sentence, format),
    );
    const { isSigner, verifierKey } = server.node.checkpoints;
    printOperatorMessage(
      isSigner
        ? `Checkpoints are signed with the key ${verifierKey}`
        : 'This node signs no checkpoints, since CHECKPOINT_KEY_FILE is not set: it serves those of other nodes.',
      format,
    );
    printOperatorMessage(`Minutebook is open at ${server.url} (documentation: ${server.url}/docs).`, format);
    return server;
  } catch (error) {
    const stack = getDebugStack(error, environment['LOG_LEVEL']);
    if (stack !== undefined) console.error(stack);
    exitWithMessage(explainFatalError(error), format);
  }
}
