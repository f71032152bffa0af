// Runs audits without threads, of ledgers whose read models are in a directory.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { leaseOfflineGeneration } from '../../../src/audit/offline-generations.js';
import { runAudit, type AuditResult, type AuditStep, type AuditTask } from '../../../src/audit/run-audit.js';
import type { Difference } from '../../../src/audit/findings.js';
import type { TestLedger } from '../../read-models/support/test-ledger.js';
import { placings, entryUpcaster, shelves } from '../../read-models/support/shelves.js';
import { getReadModelsDirectory, startLiveReadModels } from '../../read-models/support/start-read-models.js';

export const getScratchDirectory = (book: TestLedger): string => join(book.directory, 'audit');

const startAudit = (book: TestLedger, more: Partial<AuditTask>) =>
  runAudit({
    ledgerFile: book.file,
    entry: book.head,
    readModels: [shelves, placings],
    entryUpcaster,
    scratch: getScratchDirectory(book),
    code: 'as it is',
    lease: leaseOfflineGeneration(getReadModelsDirectory(book)),
    ...more,
  });

export async function auditLedger(book: TestLedger, more: Partial<AuditTask> = {}): Promise<AuditResult> {
  const steps = startAudit(book, more);
  try {
    for (;;) {
      const turn = await steps.next();
      if (turn.done) return turn.value;
    }
  } finally {
    expect(existsSync(getScratchDirectory(book))).toBe(false);
  }
}

/** Runs an audit and stops it after the first step for which `isLast` is true. */
export async function interruptAudit(book: TestLedger, isLast: (step: AuditStep) => boolean): Promise<void> {
  const steps = startAudit(book, {});
  for (;;) {
    const turn = await steps.next();
    if (turn.done) throw new Error('It was done before it could be interrupted.');
    if (isLast(turn.value)) break;
  }
  await steps.return(undefined as never);
  expect(readdirSync(getScratchDirectory(book))).toContain('interrupted');
}

/** Runs an audit and returns its differences, of which none may be left out. */
export async function findDifferences(
  book: TestLedger,
  more: Partial<AuditTask> = {},
): Promise<readonly Difference[]> {
  const { differences, differencesCount } = await auditLedger(book, more);
  expect(differencesCount).toBe(differences.length);
  for (const { detail } of differences) expect(detail).toMatch(/^[A-Z a-z].{20,}\.$/s);
  return differences;
}

/** Projects the read models of a ledger into their files and closes them. */
export async function writeReadModelFiles(book: TestLedger): Promise<TestLedger> {
  await (await startLiveReadModels(book)).models.close();
  return book;
}

/** Runs SQL on a read model file without the code under test. */
export function alterReadModelFile(book: TestLedger, ...sql: readonly string[]): void {
  const db = new Database(join(getReadModelsDirectory(book), 'shelves-1-1.db'));
  for (const statement of sql) db.exec(statement);
  db.close();
}
