import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVE_SCRIPT = fileURLToPath(new URL('./serve.js', import.meta.url));

/** A double in its own process, which ends with this process. */
export class DoubleProcess {
  private constructor(
    readonly connectionString: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<DoubleProcess> {
    const { NODE_OPTIONS: _, ...environment } = process.env;
    const child = spawn(process.execPath, [SERVE_SCRIPT], {
      env: environment,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) return new DoubleProcess(line, child);
    throw new Error('The double of KurrentDB ended before it listened.');
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.stdin?.end();
    await ended;
  }
}
