// A server on a large ledger, for reads and writes while its read models are rebuilt.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadModelStatus } from '../../../src/read-models/read-model-status.js';
import { ServerProcess } from './killable-server.js';

export type Statuses = readonly ReadModelStatus[];

export const isUnderWay = ({ progress }: ReadModelStatus): boolean => progress !== undefined;

export class LargeBookServer {
  private constructor(
    readonly process: ServerProcess,
    readonly url: string,
  ) {}

  static async open(directory: string): Promise<LargeBookServer> {
    const process = ServerProcess.start(directory);
    return new LargeBookServer(process, await process.waitUntilListening());
  }

  async readStatuses(): Promise<Statuses> {
    const answer = await fetch(`${this.url}/projections`);
    return ((await answer.json()) as { items: Statuses }).items;
  }

  /** The body of a successful response; repeats the request while the read model is behind. */
  async read(address: string, entry = 0): Promise<string> {
    for (;;) {
      const answer = await fetch(`${this.url}${address}`, { headers: { 'ledger-entry': String(entry) } });
      const body = await answer.text();
      if (answer.status === 200) return body;
      if (!body.includes('"not-caught-up"')) throw new Error(`${address}: ${body}`);
    }
  }

  async readBodies(addresses: readonly string[]): Promise<readonly string[]> {
    const bodies: string[] = [];
    for (const address of addresses) bodies.push(await this.read(address));
    return bodies;
  }

  /** Records an event. Returns its entry. */
  async postCommand(name: string, data: object): Promise<number> {
    const { status, body } = await this.#post(`/commands/${name}`, data);
    if (status !== 201) throw new Error(`${name}: ${JSON.stringify(body)}`);
    return (body as { entry: number }).entry;
  }

  /** Requests a rebuild of every read model. Returns the responses. */
  async rebuildAll(): Promise<readonly { readonly status: number; readonly body: ReadModelStatus }[]> {
    const answers = [];
    for (const { name } of await this.readStatuses())
      answers.push(
        (await this.#post(`/projections/${name}/rebuild`, {})) as { status: number; body: ReadModelStatus },
      );
    return answers;
  }

  async waitUntil(reached: (statuses: Statuses) => boolean): Promise<Statuses> {
    for (;;) {
      const statuses = await this.readStatuses();
      if (reached(statuses)) return statuses;
      await sleep(5);
    }
  }

  get #readModelsDirectory(): string {
    return join(this.process.directory, 'read-models');
  }

  /** The names of all files of generations. */
  listDatabases(): readonly string[] {
    return readdirSync(this.#readModelsDirectory)
      .filter((file) => file.endsWith('.db'))
      .sort();
  }

  /** Whether a new generation was marked as complete: only then it has a write-ahead log. */
  hasCompleted({ name, version, generation }: ReadModelStatus): boolean {
    return existsSync(join(this.#readModelsDirectory, `${name}-${version}-${(generation ?? 0) + 1}.db-wal`));
  }

  async #post(address: string, body: object): Promise<{ readonly status: number; readonly body: unknown }> {
    const answer = await fetch(`${this.url}${address}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.process.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  }
}
