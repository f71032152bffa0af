// Audits without threads, of books whose read models lie in a directory.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { lendFrom } from '../../../src/audit/offline-files.js';
import { audit, type Result, type Step, type Task } from '../../../src/audit/run-audit.js';
import type { Difference } from '../../../src/audit/findings.js';
import type { Book } from '../../read-models/support/test-ledger.js';
import { placings, read, shelves } from '../../read-models/support/shelves.js';
import { directoryOf, startLive } from '../../read-models/support/start-read-models.js';

export const scratchOf = (book: Book): string => join(book.directory, 'audit');

const auditOf = (book: Book, more: Partial<Task>) =>
  audit({
    ledgerFile: book.file,
    entry: book.head,
    readModels: [shelves, placings],
    read,
    scratch: scratchOf(book),
    code: 'as it is',
    lend: lendFrom(directoryOf(book)),
    ...more,
  });

export async function audited(book: Book, more: Partial<Task> = {}): Promise<Result> {
  const steps = auditOf(book, more);
  try {
    for (;;) {
      const turn = await steps.next();
      if (turn.done) return turn.value;
    }
  } finally {
    expect(existsSync(scratchOf(book))).toBe(false);
  }
}

/** An audit that nobody asks to go on after the step that `isLast` says is the last one. */
export async function interrupted(book: Book, isLast: (step: Step) => boolean): Promise<void> {
  const steps = auditOf(book, {});
  for (;;) {
    const turn = await steps.next();
    if (turn.done) throw new Error('It was done before it could be interrupted.');
    if (isLast(turn.value)) break;
  }
  await steps.return(undefined as never);
  expect(readdirSync(scratchOf(book))).toContain('interrupted');
}

/** The differences of an audit: all of them are shown. */
export async function differences(book: Book, more: Partial<Task> = {}): Promise<readonly Difference[]> {
  const { differences, differencesCount } = await audited(book, more);
  expect(differencesCount).toBe(differences.length);
  for (const { detail } of differences) expect(detail).toMatch(/^[A-Z a-z].{20,}\.$/s);
  return differences;
}

/** Folds the read models of a book into their files and lets go of them. */
export async function settled(book: Book): Promise<Book> {
  await (await startLive(book)).models.close();
  return book;
}

/** Does something to a file behind everybody's back. */
export function alter(book: Book, ...sql: readonly string[]): void {
  const db = new Database(join(directoryOf(book), 'shelves-1-1.db'));
  for (const statement of sql) db.exec(statement);
  db.close();
}
