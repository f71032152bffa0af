// Runs the read models of a ledger, closed after the test; their warnings can be awaited.
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { ReadModels } from '../../../src/read-models/read-models.js';
import { TestLedger } from './test-ledger.js';
import { SHELVES_MODULE_URL } from './shelves-module-urls.js';

class Warnings {
  readonly sentences: string[] = [];
  readonly #waiters = new Set<() => void>();

  readonly add = (sentence: string): void => {
    this.sentences.push(sentence);
    for (const waiter of this.#waiters) waiter();
  };

  /** Waits for the first warning that matches. */
  waitFor(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.sentences.find((sentence) => pattern.test(sentence));
        if (found === undefined) return;
        this.#waiters.delete(look);
        resolve(found);
      };
      this.#waiters.add(look);
      look();
    });
  }
}

type ReadModelsOptions = Parameters<typeof ReadModels.start>[0];

const books: TestLedger[] = [];
const running: ReadModels[] = [];

/** Creates a ledger that is removed after the test. */
export function createTestLedger(book = new TestLedger()): TestLedger {
  books.push(book);
  return book;
}

export const getReadModelsDirectory = (book: TestLedger): string => join(book.directory, 'read-models');

export async function startReadModels(
  book: TestLedger,
  options: Partial<ReadModelsOptions> = {},
): Promise<{ readonly models: ReadModels; readonly warnings: Warnings }> {
  const warnings = new Warnings();
  const models = await ReadModels.start({
    directory: getReadModelsDirectory(book),
    ledgerFile: book.file,
    declarations: SHELVES_MODULE_URL,
    warn: warnings.add,
    ...options,
  });
  running.push(models);
  return { models, warnings };
}

/** Starts the read models and waits until all are live and at the head. */
export async function startLiveReadModels(book: TestLedger, options: Partial<ReadModelsOptions> = {}) {
  const started = await startReadModels(book, options);
  await waitUntilLive(started.models, book);
  return started;
}

export async function waitUntilLive(models: ReadModels, book: TestLedger): Promise<void> {
  const building = models.statuses().filter(({ status }) => status === 'building');
  await Promise.all(building.map(({ name }) => models.rebuild(name).finished));
  await models.waitForEntry(book.head, { timeoutMs: 30_000 });
}

afterEach(async () => {
  for (const models of running.splice(0)) await models.close();
  for (const book of books.splice(0)) book.remove();
});
