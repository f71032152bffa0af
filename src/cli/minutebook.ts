#!/usr/bin/env node
// minutebook <verb>. Exit codes: 0 done, 1 refused, 2 wrong usage. What goes wrong is one sentence on stderr.
import { Command, CommanderError } from 'commander';
import { ConfigurationError } from '../configuration.js';
import { KeyError } from '../http/keys.js';
import { Unavailable } from '../ledger/sequencer.js';
import { LedgerUnusable } from '../ledger/sqlite/schema.js';
import { NoBook } from './keys.js';
import { keys } from './verbs/keys.js';
import { serve } from './verbs/serve.js';

/** What is said in a sentence. Anything else that is thrown is a mistake of ours, and shown whole. */
const REFUSALS = [ConfigurationError, KeyError, LedgerUnusable, NoBook, Unavailable];

/** Commander's "error: unknown option '--x'" as a sentence. */
function sentence(text: string): string {
  const said = text.trim().replace(/^error: /, '');
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${said.endsWith('.') ? '' : '.'}\n`;
}

const program = new Command('minutebook')
  .description('A minute book for organizations.')
  .showSuggestionAfterError(false)
  .configureOutput({ outputError: (text, write) => write(sentence(text)) })
  .exitOverride();

for (const verb of [serve, keys]) verb(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const isRefusal = REFUSALS.some((each) => error instanceof each);
    console.error(isRefusal ? (error as Error).message : String((error as Error).stack));
    process.exitCode = 1;
  }
}
