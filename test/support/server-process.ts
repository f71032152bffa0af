// The server as an operator runs it: a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { withLedger } from './ledger-environment.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

export type Ended = { readonly code: number | null; readonly signal: string | null; readonly errors: string };
export type Running = { readonly child: ChildProcess; readonly url: string; readonly ended: Promise<Ended> };

function spawned(environment: { readonly [name: string]: string }) {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], PORT: '0', ...withLedger(environment) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]): Ended => ({
    code: code as number | null,
    signal: signal as string | null,
    errors,
  }));
  return { child, ended };
}

/** A start that is to fail. */
export const failedStart = (environment: { readonly [name: string]: string }): Promise<Ended> =>
  spawned(environment).ended;

/** Resolves when it says that it is open. */
export async function startProcess(environment: { readonly [name: string]: string }): Promise<Running> {
  const { child, ended } = spawned(environment);
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /open at (http:\S+)/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stdout.resume();
    return { child, url, ended };
  }
  throw new Error(`It did not open: ${(await ended).errors}`);
}
