#!/usr/bin/env node
// minutebook <verb>. Exit codes: 0 done, 1 refused or different, 2 wrong usage, 130 interrupted. An expected error is one
// sentence on stderr.
import { Command, CommanderError } from 'commander';
import { ConfigurationError } from '../node/configuration.js';
import { ApiKeyError } from '../auth/api-keys.js';
import { CheckpointConflictError } from '../ledger/checkpoints/checkpoints.js';
import { DataDirectoryError } from '../ledger/data-directory.js';
import { DamagedEntryError } from '../ledger/entry.js';
import { UnavailableError } from '../ledger/sequencer.js';
import { LedgerUnusableError } from '../ledger/ledger-unusable-error.js';
import { OperationFailedError, UsageError } from './_shared/errors.js';
import { addAuditCommand } from './audit/audit-command.js';
import { addCopyCommand } from './copy/copy-command.js';
import { addExportCommand } from './export/export-command.js';
import { addImportCommand } from './import/import-command.js';
import { addKeysCommand } from './keys/keys-command.js';
import { addPostCommand } from './post/post-command.js';
import { addProjectionsCommand } from './projections/projections-command.js';
import { addReplayCommand } from './replay/replay-command.js';
import { addServeCommand } from './serve/serve-command.js';
import { addVerifyCommand } from './verify/verify-command.js';

/** Errors whose message is a sentence for the user. Any other error is a bug, and printed with its stack. */
const EXPECTED_ERRORS = [
  OperationFailedError,
  ApiKeyError,
  ConfigurationError,
  CheckpointConflictError,
  DataDirectoryError,
  DamagedEntryError,
  LedgerUnusableError,
  UnavailableError,
];

/** Commander's "error: unknown option '--x'" as a sentence. */
function toSentence(text: string): string {
  const message = text.trim().replace(/^error: /, '');
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}\n`;
}

/** Prints the error on stderr; returns the exit code. */
function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if ((error as Error).name === 'AbortError') return 130; // interrupted by the user, who needs no message
  const isSentence = [UsageError, ...EXPECTED_ERRORS].some((each) => error instanceof each);
  console.error(isSentence ? (error as Error).message : String((error as Error).stack));
  return error instanceof UsageError ? 2 : 1;
}

// A reader that closes the pipe early, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const program = new Command('minutebook')
  .description('A minute book for organizations.')
  .showSuggestionAfterError(false)
  .configureOutput({ outputError: (text, write) => write(toSentence(text)) })
  .exitOverride();

for (const verb of [
  addServeCommand,
  addPostCommand,
  addImportCommand,
  addExportCommand,
  addCopyCommand,
  addAuditCommand,
  addVerifyCommand,
  addReplayCommand,
  addProjectionsCommand,
  addKeysCommand,
])
  verb(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
