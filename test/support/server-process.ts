// The server in a process of its own, as an operator runs it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { addLedgerSettings } from './embedded-or-cluster.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

type ProcessExit = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly errors: string;
};
export type ServerProcess = {
  readonly child: ChildProcess;
  readonly url: string;
  readonly exit: Promise<ProcessExit>;
};

function spawnServer(environment: { readonly [name: string]: string }) {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], PORT: '0', ...addLedgerSettings(environment) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]): ProcessExit => ({
    code: code as number | null,
    signal: signal as string | null,
    errors,
  }));
  return { child, ended };
}

/** Resolves when a start that must fail has ended. */
export const waitForFailedStart = (environment: { readonly [name: string]: string }): Promise<ProcessExit> =>
  spawnServer(environment).ended;

/** Resolves when the server reports that it is open. */
export async function startServerProcess(environment: {
  readonly [name: string]: string;
}): Promise<ServerProcess> {
  const { child, ended: exit } = spawnServer(environment);
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /open at (http:\S+)/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stdout.resume();
    return { child, url, exit };
  }
  throw new Error(`It did not open: ${(await exit).errors}`);
}
