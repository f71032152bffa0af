// The verbs of the command line.
import { Command, CommanderError } from 'commander';
import { explainFatalError, getDebugStack } from '../errors/explain-fatal-error.js';
import { RELEASE } from '../node/release.js';
import { UsageError } from './_shared/errors.js';
import { addAuditCommand } from './audit/audit-command.js';
import { addBackupCommand } from './backup/backup-command.js';
import { addCommandsCommand } from './commands/commands-command.js';
import { addCopyCommand } from './copy/copy-command.js';
import { addDemoCommand } from './demo/demo-command.js';
import { addExportCommand } from './export/export-command.js';
import { addGetCommand } from './get/get-command.js';
import { addImportCommand } from './import/import-command.js';
import { addKeysCommand } from './keys/keys-command.js';
import { addPostCommand } from './post/post-command.js';
import { addProjectionsCommand } from './projections/projections-command.js';
import { addReplayCommand } from './replay/replay-command.js';
import { addServeCommand } from './serve/serve-command.js';
import { addVerifyCommand } from './verify/verify-command.js';

/** Commander's "error: unknown option '--x'" and its suggestion, if it has one, as sentences. */
function toSentences(text: string): string {
  const [error = '', suggestion] = text.trim().split('\n');
  const message = error.replace(/^error: /, '');
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`;
  return `${[sentence, suggestion?.replace(/^\((.*)\)$/, '$1')].filter(Boolean).join(' ')}\n`;
}

/** Prints the error on stderr; returns the exit code. */
function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if ((error as Error).name === 'AbortError') return 130; // interrupted by the user, who needs no message
  const stack = getDebugStack(error, process.env['LOG_LEVEL']);
  if (stack !== undefined) console.error(stack);
  console.error(explainFatalError(error));
  return error instanceof UsageError ? 2 : 1;
}

const VERBS = [
  addServeCommand,
  addDemoCommand,
  addGetCommand,
  addCommandsCommand,
  addPostCommand,
  addImportCommand,
  addExportCommand,
  addCopyCommand,
  addAuditCommand,
  addVerifyCommand,
  addReplayCommand,
  addProjectionsCommand,
  addKeysCommand,
  addBackupCommand,
];

/** Verbs that serve until a signal ends the process. */
const SERVING_VERBS: readonly (string | undefined)[] = ['serve', 'demo'];

/**
 * Ends the process when its output has been written. Without that, a connection to a server of a cluster that drops
 * packets or is frozen would keep the process for the two minutes for which the system tries to connect.
 */
function endProcess(): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

/** Runs the verb that the arguments of the process name, and ends the process with its exit code unless it serves. */
export async function runCommandLine(): Promise<void> {
  // A reader that closes the pipe early, such as `head`, is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  const program = new Command('minutebook')
    .description('A minute book for organizations.')
    .version(RELEASE)
    .configureOutput({ outputError: (text, write) => write(toSentences(text)) })
    .exitOverride();
  for (const addVerb of VERBS) addVerb(program);
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
  if (!SERVING_VERBS.includes(program.args[0])) endProcess();
}
