// A node of a cluster as an operator runs it, in a process of its own.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTemporaryDirectory } from '../../ledger/support/temporary-directory.js';
import { type ChildProgram, runScript } from '../../support/child-program.js';

export class NodeProcess {
  readonly directory = join(createTemporaryDirectory(), 'node');
  url = '';
  program: ChildProgram | undefined;

  constructor(private readonly settings: { readonly [name: string]: string }) {
    mkdirSync(this.directory);
  }

  async start(): Promise<void> {
    if (this.program) return;
    this.program = runScript(
      'cli/minutebook',
      ['serve', '--port', '0', '--data', this.directory],
      this.settings,
    );
    await this.program.waitForOutput('/docs).\n');
    this.url = /open at (\S+)/.exec(this.program.stdout)?.[1] ?? '';
  }

  async kill(): Promise<void> {
    await this.program?.stop('SIGKILL');
    this.program = undefined;
  }

  /** The first key of the cluster, which the node has that was started first. */
  readAdminKey(): string {
    return readFileSync(join(this.directory, 'admin.key'), 'utf8').trim();
  }

  /** The last entry of the node. */
  async readHead(): Promise<number> {
    const { headers } = await fetch(`${this.url}/events?limit=1`);
    return Number(headers.get('ledger-entry'));
  }

  /** Resolves to the root of the tree at an entry when the node has that. */
  async waitForRoot(entry: number): Promise<string | null> {
    for (;;) {
      const answer = await fetch(`${this.url}/organizations/org?asOf=${entry}`, {
        headers: { 'ledger-entry': String(entry) },
      });
      await answer.arrayBuffer();
      if (answer.status === 200) return answer.headers.get('ledger-root');
      if (answer.status !== 503) throw new Error(`${this.url} answers ${answer.status}`);
      await sleep(50);
    }
  }
}
