// The operator's own commands that act on a server of the cluster at KURRENTDB_URL. One that starts a server may end before
// the server has joined the others.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

export type ServerAction = 'stop' | 'kill' | 'start' | 'pause' | 'resume';

const toVariable = (action: ServerAction): string => `SERVER_${action.toUpperCase()}`;

/** The variables that must be set for these actions and are not. */
export const findMissingCommands = (actions: readonly ServerAction[]): readonly string[] =>
  actions.map(toVariable).filter((name) => !process.env[name]);

/**
 * Runs the command of an action by `sh -c`, with the address of the server, host:port, in SERVER. Resolves when it has
 * ended with 0; rejects with what it wrote to its standard error otherwise.
 */
export async function runServerCommand(action: ServerAction, server: string): Promise<void> {
  const name = toVariable(action);
  const child = spawn('sh', ['-c', process.env[name] ?? 'exit 1'], {
    env: { ...process.env, SERVER: server },
    // A server that the command starts may keep its standard output open.
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  child.stderr.destroy();
  if (code !== 0) throw new Error(`${name} for ${server} ended with ${code}: ${errors}`);
}
