// A server in its own process, which can be killed at any moment.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addLedgerSettings } from '../../support/embedded-or-cluster.js';

const mainScript = fileURLToPath(new URL('../../../src/main.js', import.meta.url));

export class ServerProcess {
  /** What it wrote to its standard error. */
  stderrText = '';
  readonly ended: Promise<number | null>;
  #stdoutText = '';

  private constructor(
    readonly directory: string,
    private readonly child: ChildProcess,
  ) {
    this.ended = once(child, 'exit').then(([code]) => code as number | null);
    child.stdout?.on('data', (text: Buffer) => (this.#stdoutText += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (this.stderrText += text.toString()));
  }

  /** Starts a server, optionally under another command that runs it. */
  static start(directory: string, ...under: readonly string[]): ServerProcess {
    const [command, ...rest] = [...under, process.execPath, mainScript];
    const child = spawn(command, rest, {
      env: { PATH: process.env['PATH'], PORT: '0', ...addLedgerSettings({ DATA_DIR: directory }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServerProcess(directory, child);
  }

  /** Resolves to its URL; rejects with its standard error if it ends before. */
  async waitUntilListening(): Promise<string> {
    const address = () => /is open at (\S+) /.exec(this.#stdoutText)?.[1];
    const stdout = this.child.stdout;
    if (!stdout) throw new Error('no output');
    while (address() === undefined) {
      const ended = await Promise.race([once(stdout, 'data').then(() => false), this.ended.then(() => true)]);
      if (ended) throw new Error(`The server ended: ${this.stderrText}`);
    }
    return address() ?? '';
  }

  get adminKey(): string {
    return readFileSync(join(this.directory, 'admin.key'), 'utf8').trim();
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
