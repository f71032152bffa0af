// What the benchmarks share: temporary directories, servers in their own processes, one large ledger.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { ReadModelStatus } from '../src/read-models/read-model-status.js';
import { generateBook } from './generated-book.js';

export type ServerProcess = {
  readonly url: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
};
export type BookServerProcess = ServerProcess & {
  /** The Authorization header of an admin. */
  readonly authorization: string;
  readonly statuses: () => Promise<readonly ReadModelStatus[]>;
};

/** The environment variables of a server. */
export type ServerSettings = { readonly [name: string]: string };

export class Fixtures {
  readonly #root: string;
  readonly #children = new Set<ChildProcess>();
  #book: string | undefined;
  #bookServer: Promise<BookServerProcess> | undefined;

  /** All files are under `parent`, and removed when the process ends, unless by SIGKILL. */
  constructor(
    parent: string,
    /** The number of entries of the large book. */
    readonly entries: number,
  ) {
    this.#root = mkdtempSync(join(parent, 'minutebook-bench-'));
    process.once('exit', () => {
      for (const child of this.#children) child.kill('SIGKILL');
      rmSync(this.#root, { recursive: true, force: true });
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  }

  makeDirectory(): string {
    return mkdtempSync(join(this.#root, 'd-'));
  }

  /** Calls `use` with a directory that is removed afterwards. */
  async useDirectory<T>(use: (directory: string) => T | Promise<T>): Promise<T> {
    const directory = this.makeDirectory();
    try {
      return await use(directory);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  /** The data directory of the large book, which the first call creates. */
  getBookDirectory(): string {
    if (this.#book === undefined) {
      const directory = this.makeDirectory();
      logDuration(`A book of ${this.entries} entries was generated`, () =>
        generateBook(directory, this.entries),
      );
      this.#book = directory;
    }
    return this.#book;
  }

  /** A server on that book with complete read models, shared by all rows that only read. */
  getBookServer(): Promise<BookServerProcess> {
    const directory = this.getBookDirectory();
    this.#bookServer ??= logDuration('It was opened, and its read models were built,', () =>
      this.startBookServer(directory),
    );
    return this.#bookServer;
  }

  /** The data directory of that book with complete read models and without a server. */
  async getProjectedBook(): Promise<string> {
    await (await this.getBookServer()).stop();
    this.#bookServer = undefined;
    return this.getBookDirectory();
  }

  /** Starts the server as `npm start` does. Resolves when it listens. */
  startServer(dataDirectory: string, settings: ServerSettings = {}): Promise<ServerProcess> {
    return this.#spawnServer(new URL('../src/main.js', import.meta.url), {
      DATA_DIR: dataDirectory,
      LOG_LEVEL: 'warn',
      ...settings,
    });
  }

  /** The same; resolves when all read models are complete. */
  async startBookServer(dataDirectory: string, settings: ServerSettings = {}): Promise<BookServerProcess> {
    const server = await this.startServer(dataDirectory, settings);
    const authorization = `Bearer ${readFileSync(join(dataDirectory, 'admin.key'), 'utf8').trim()}`;
    const statuses = async () => {
      const answer = await fetch(`${server.url}/projections`, { headers: { authorization } });
      return ((await answer.json()) as { items: readonly ReadModelStatus[] }).items;
    };
    while ((await statuses()).some(({ status, lag }) => status !== 'live' || lag > 0)) await sleep(100);
    return { ...server, authorization, statuses };
  }

  /** NestJS + Fastify: POST / has an empty handler, GET answers with one point read of `body`. */
  startReferenceServer(body: string): Promise<ServerProcess> {
    const file = join(this.makeDirectory(), 'reference.db');
    const db = new Database(file);
    db.exec('CREATE TABLE bodies (id INTEGER PRIMARY KEY, body TEXT NOT NULL)');
    db.prepare('INSERT INTO bodies VALUES (1, ?)').run(body);
    db.close();
    return this.#spawnServer(new URL('./baseline-server.js', import.meta.url), { REFERENCE_FILE: file });
  }

  /** Resolves when the process has printed its address. */
  async #spawnServer(module: URL, environment: Record<string, string>): Promise<ServerProcess> {
    const child = spawn(process.execPath, [module.pathname], {
      env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.add(child);
    const gone = once(child, 'exit').then(() => this.#children.delete(child));
    let printed = '';
    const url = new Promise<string>((resolve) =>
      child.stdout.on('data', (text: Buffer) => {
        const [found] = /http:\/\/[\d.]+:\d+/.exec((printed += text.toString())) ?? [];
        if (found !== undefined) resolve(found);
      }),
    );
    const failed = gone.then(() => {
      throw new Error(`${module.pathname} ended before it listened: ${printed}`);
    });
    failed.catch(() => undefined); // it also rejects when the server is stopped, which is no error
    return {
      url: await Promise.race([url, failed]),
      pid: child.pid ?? 0,
      stop: async () => {
        child.kill('SIGTERM');
        await gone;
      },
    };
  }

  async close(): Promise<void> {
    for (const child of this.#children) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
}

/** Prints the duration of a preparation, which no row includes, on stderr. */
function logDuration<T>(what: string, work: () => T): T {
  const startedAt = performance.now();
  const report = () =>
    console.error(`(${what} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.)`);
  const result = work();
  if (result instanceof Promise) void result.then(report, () => undefined);
  else report();
  return result;
}
