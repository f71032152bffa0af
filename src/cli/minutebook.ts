#!/usr/bin/env node
// minutebook <verb>. Exit codes: 0 done, 1 refused, 2 wrong usage. What goes wrong is one sentence on stderr.
import { Command, CommanderError } from 'commander';
import { ConfigurationError } from '../node/configuration.js';
import { KeyError } from '../auth/api-keys.js';
import { Contradiction } from '../ledger/checkpoints/checkpoints.js';
import { DataDirectoryUnusable } from '../ledger/data-directory.js';
import { DamagedEntry } from '../ledger/entry.js';
import { Unavailable } from '../ledger/sequencer.js';
import { LedgerUnusable } from '../ledger/sqlite/schema.js';
import { Refused, WrongUsage } from './_shared/errors.js';
import { audit } from './audit/audit-command.js';
import { copy } from './copy/copy-command.js';
import { exportBook } from './export/export-command.js';
import { importLines } from './import/import-command.js';
import { keys } from './keys/keys-command.js';
import { post } from './post/post-command.js';
import { projections } from './projections/projections-command.js';
import { replay } from './replay/replay-command.js';
import { serve } from './serve/serve-command.js';
import { verify } from './verify/verify-command.js';

/** What is said in a sentence. Anything else that is thrown is a mistake of ours, and shown whole. */
const SENTENCES = [
  Refused,
  KeyError,
  ConfigurationError,
  Contradiction,
  DataDirectoryUnusable,
  DamagedEntry,
  LedgerUnusable,
  Unavailable,
];

/** Commander's "error: unknown option '--x'" as a sentence. */
function sentence(text: string): string {
  const said = text.trim().replace(/^error: /, '');
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${said.endsWith('.') ? '' : '.'}\n`;
}

/** The exit code; says on stderr what is to be said. */
function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if ((error as Error).name === 'AbortError') return 130; // interrupted, and nothing more to say
  const isSentence = [WrongUsage, ...SENTENCES].some((each) => error instanceof each);
  console.error(isSentence ? (error as Error).message : String((error as Error).stack));
  return error instanceof WrongUsage ? 2 : 1;
}

// Whoever reads our output has seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const program = new Command('minutebook')
  .description('A minute book for organizations.')
  .showSuggestionAfterError(false)
  .configureOutput({ outputError: (text, write) => write(sentence(text)) })
  .exitOverride();

for (const verb of [serve, post, importLines, exportBook, copy, audit, verify, replay, projections, keys])
  verb(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = codeOf(error);
}
