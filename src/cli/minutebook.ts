#!/usr/bin/env node
// minutebook <verb>. Exit codes: 0 done, 1 refused or different, 2 wrong usage, 130 interrupted. An expected error is one
// sentence on stderr.
import { exitIfNodeJsUnsupported } from '../node/nodejs-version.js';

exitIfNodeJsUnsupported();
// Only now: native modules crash in an older Node.js, and others lack what they import of it.
const { runCommandLine } = await import('./run-command-line.js');
await runCommandLine();
