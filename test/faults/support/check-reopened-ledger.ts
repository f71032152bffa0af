// Opens a data directory after a crash as the server opens it, and finds what is wrong with it.
import Database from 'better-sqlite3';
import { DataDirectory } from '../../../src/ledger/data-directory.js';
import type { Entry } from '../../../src/ledger/entry.js';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { createJsonIndexes } from '../../../src/ledger/sqlite/json-indexes.js';
import { LedgerUnusableError } from '../../../src/ledger/ledger-unusable-error.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { createAppend } from '../../ledger/support/create-append.js';
import { INDEXED_FIELDS } from './indexed-fields.js';

/** The entries of a ledger, as JSON each. Opens it as a server does, so recovery may change the files. */
export function readEntries(directory: string): readonly string[] {
  return withReopenedLedger(directory, (_, ledger) =>
    ledger.readAfter(0, Number.MAX_SAFE_INTEGER).map(formatEntry),
  );
}

/**
 * What is wrong, in one sentence, if the ledger does not open, lacks an acknowledged entry, or has an entry that is
 * not in `history`; undefined if nothing is. `history` is the complete ledger: every state has a prefix of it. If an
 * outcome was `unknown`, the entries behind the acknowledged ones may be those of that append, all of them or none.
 */
export function findProblem(
  directory: string,
  acknowledged: number,
  history: readonly string[],
  unknown: boolean,
): string | undefined {
  try {
    return withReopenedLedger(directory, (writer, ledger) => {
      const found = ledger.readAfter(0, Number.MAX_SAFE_INTEGER).map(formatEntry);
      if (found.length < acknowledged)
        return `Entry ${found.length + 1} was acknowledged and is not there: the ledger ends before it.`;
      const known = unknown ? found.slice(0, acknowledged) : found;
      const firstDifference = known.findIndex((each, index) => each !== history[index]);
      if (firstDifference !== -1) return `Entry ${firstDifference + 1} is not the one that was recorded.`;
      if (found.length % 2 !== 0) return `Entry ${found.length} is half of an append.`;
      return findFileDamage(directory) ?? findAppendProblem(writer, ledger, found.length);
    });
  } catch (error) {
    if (error instanceof LedgerUnusableError) return `It does not open: ${error.message}`;
    return String(error);
  }
}

function withReopenedLedger<T>(path: string, use: (writer: LedgerWriter, ledger: SqliteLedger) => T): T {
  const directory = DataDirectory.lock(path);
  try {
    const writer = new LedgerWriter(directory.ledgerFile);
    createJsonIndexes(directory.ledgerFile, INDEXED_FIELDS);
    const ledger = new SqliteLedger(directory.ledgerFile);
    try {
      return use(writer, ledger);
    } finally {
      ledger.close();
      writer.close();
    }
  } finally {
    directory.unlock();
  }
}

/** The hashes in hexadecimal, because JSON would show a Buffer as an object of numbers. */
const formatEntry = ({ leaf, previous, ...entry }: Entry): string =>
  JSON.stringify({ ...entry, leaf: leaf.toString('hex'), previous: previous?.toString('hex') ?? null });

function findFileDamage(directory: string): string | undefined {
  const db = new Database(`${directory}/ledger.db`, { readonly: true });
  const found = db.pragma('integrity_check', { simple: true });
  db.close();
  return found === 'ok' ? undefined : `The file is damaged: ${String(found)}`;
}

function findAppendProblem(writer: LedgerWriter, ledger: SqliteLedger, entries: number): string | undefined {
  const [outcome] = writer.commit([
    createAppend('a-0', ledger.getStreamRevision('a-0'), ['after the crash']),
  ]);
  if (
    outcome?.outcome === 'appended' &&
    outcome.entry === entries + 1 &&
    ledger.getHead().entry === entries + 1
  )
    return undefined;
  return `The next append fails: ${JSON.stringify(outcome)}`;
}
