#!/usr/bin/env node
// minutebook <verb>. Exit codes: 0 done, 1 refused, 2 wrong usage. What goes wrong is one sentence on stderr.
import { Command, CommanderError } from 'commander';
import { ConfigurationError } from '../configuration.js';
import { KeyError } from '../http/keys.js';
import { Contradiction } from '../ledger/checkpoints/checkpoints.js';
import { DataDirectoryUnusable } from '../ledger/data-directory.js';
import { DamagedEntry } from '../ledger/entry.js';
import { Unavailable } from '../ledger/sequencer.js';
import { LedgerUnusable } from '../ledger/sqlite/schema.js';
import { Refused, WrongUsage } from './refused.js';
import { audit } from './verbs/audit.js';
import { copy } from './verbs/copy.js';
import { exportBook } from './verbs/export.js';
import { importLines } from './verbs/import.js';
import { keys } from './verbs/keys.js';
import { post } from './verbs/post.js';
import { projections } from './verbs/projections.js';
import { replay } from './verbs/replay.js';
import { serve } from './verbs/serve.js';
import { verify } from './verbs/verify.js';

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
