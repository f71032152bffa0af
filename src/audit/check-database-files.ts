// What SQLite itself finds wrong with the files of a book, which a replay of its entries does not show: pages and indexes
// by which commands find earlier entries, and the schema that refuses changes.
import { basename } from 'node:path';
import { checkFileIntegrity } from '../ledger/sqlite/integrity-check.js';
import { openHardenedDatabase } from '../ledger/sqlite/open-hardened-database.js';
import { findSchemaDifferences } from '../ledger/sqlite/verify-schema.js';
import type { Difference, Findings } from './findings.js';

/** Checks ledger.db with its schema, then the other files; yields after each. */
export function* checkDatabaseFiles(
  ledgerFile: string,
  others: readonly string[],
  findings: Findings,
): Generator<{ readonly done: number; readonly of: number }> {
  const total = others.length + 1;
  addFileFindings(
    null,
    ledgerFile,
    [...checkFileIntegrity(ledgerFile), ...checkSchema(ledgerFile)],
    findings,
  );
  yield { done: 1, of: total };
  for (const [index, file] of others.entries()) {
    addFileFindings(null, file, checkFileIntegrity(file), findings);
    yield { done: index + 2, of: total };
  }
}

/** Checks the file of a read model that serves. */
export function checkReadModelFile(projection: string, file: string, findings: Findings): void {
  addFileFindings(projection, file, checkFileIntegrity(file), findings);
}

/** Empty if the schema cannot be read, since the check of the pages reports that. */
function checkSchema(file: string): readonly string[] {
  try {
    const db = openHardenedDatabase(file, { readonly: true, fileMustExist: true });
    try {
      return findSchemaDifferences(db);
    } finally {
      db.close();
    }
  } catch {
    return [];
  }
}

function addFileFindings(
  projection: string | null,
  path: string,
  damages: readonly string[],
  findings: Findings,
): void {
  const file = basename(path);
  for (const damage of damages)
    findings.add(() => toFileDifference(projection, file, `${file} is damaged: ${damage}.`));
}

/** Every finding about a file names the table `sqlite_schema`, whatever is wrong with the file: it is no row of a table. */
export const toFileDifference = (projection: string | null, file: string, detail: string): Difference => ({
  projection,
  table: 'sqlite_schema',
  key: { file },
  entry: null,
  live: null,
  replayed: null,
  detail,
});
