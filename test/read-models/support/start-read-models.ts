// The whole engine on a book, closed after the test; what it warns of can be awaited.
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { type Options, ReadModels } from '../../../src/read-models/read-models.js';
import { Book } from './test-ledger.js';
import { SHELVES } from './shelves-urls.js';

export class Warnings {
  readonly heard: string[] = [];
  readonly #waiters = new Set<() => void>();

  readonly hear = (sentence: string): void => {
    this.heard.push(sentence);
    for (const waiter of this.#waiters) waiter();
  };

  /** The first sentence like this, as soon as it is said. */
  like(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.heard.find((sentence) => pattern.test(sentence));
        if (found === undefined) return;
        this.#waiters.delete(look);
        resolve(found);
      };
      this.#waiters.add(look);
      look();
    });
  }
}

const books: Book[] = [];
const running: ReadModels[] = [];

/** The book is removed after the test. */
export function newBook(book = new Book()): Book {
  books.push(book);
  return book;
}

export const directoryOf = (book: Book): string => join(book.directory, 'read-models');

export async function start(
  book: Book,
  options: Partial<Options> = {},
): Promise<{ readonly models: ReadModels; readonly warnings: Warnings }> {
  const warnings = new Warnings();
  const models = await ReadModels.start({
    directory: directoryOf(book),
    ledgerFile: book.file,
    declarations: SHELVES,
    warn: warnings.hear,
    ...options,
  });
  running.push(models);
  return { models, warnings };
}

/** Started, and every read model live and at the head. */
export async function startLive(book: Book, options: Partial<Options> = {}) {
  const started = await start(book, options);
  await live(started.models, book);
  return started;
}

export async function live(models: ReadModels, book: Book): Promise<void> {
  for (const { name, status } of models.statuses())
    if (status === 'building') await models.rebuild(name).finished;
  await models.reached(book.head, { timeoutMs: 30_000 });
}

afterEach(async () => {
  for (const models of running.splice(0)) await models.close();
  for (const book of books.splice(0)) book.remove();
});
