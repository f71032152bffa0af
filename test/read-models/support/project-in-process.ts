// Projects without threads, and reads the rows of read model files.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Projector } from '../../../src/read-models/projecting/projector.js';
import { listGenerations, createNextGeneration } from '../../../src/read-models/projecting/generations.js';
import { ReadModelWriter } from '../../../src/read-models/projecting/read-model-writer.js';
import type { AnyReadModel } from '../../../src/read-models/declaration/read-model.js';
import type { TestLedger } from './test-ledger.js';
import { entryUpcaster, shelves } from './shelves.js';

type ProjectedFile = { readonly file: string; readonly entry: number };

/** Projects the ledger up to an entry into a new file, in batches of at most `batch` entries and never past a `stop`. */
export function projectInProcess(
  book: TestLedger,
  {
    model = shelves,
    upTo = book.head,
    batch = 2000,
    stops = [],
  }: { model?: AnyReadModel; upTo?: number; batch?: number; stops?: readonly number[] } = {},
): ProjectedFile {
  const directory = mkdtempSync(join(book.directory, 'fold-'));
  const file = ReadModelWriter.create(createNextGeneration(directory, model.name, model.version), model);
  const ledger = book.open();
  const folding = new Projector(ledger, entryUpcaster, { batchSize: batch });
  try {
    for (const head of [...stops, upTo])
      for (
        let outcomes = folding.projectBatch([file], head);
        outcomes.length > 0;
        outcomes = folding.projectBatch([file], head)
      )
        for (const { error } of outcomes) if (error !== undefined) throw error;
    file.createIndexes();
    return { file: file.generation.file, entry: file.entry };
  } finally {
    file.close();
    ledger.close();
  }
}

type Version = Record<string, unknown> & { stream: string; from_entry: number; to_entry: number };

function selectFromTables<T>(
  file: string,
  model: AnyReadModel,
  select: (db: Database.Database, table: string) => T,
) {
  const db = new Database(file, { readonly: true });
  try {
    return Object.fromEntries(
      [...Object.keys(model.tables), 'parked'].map((table) => [table, select(db, table)]),
    );
  } finally {
    db.close();
  }
}

/** Every version of every row, with row numbers. */
export const readRowVersions = (file: string, model: AnyReadModel = shelves) =>
  selectFromTables(
    file,
    model,
    (db, table) => db.prepare(`SELECT * FROM "${table}" ORDER BY 1`).all() as Version[],
  );

const quote = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/** The rows as of an entry: declared columns only. */
export const readRowsAsOf = (file: string, entry: number, model: AnyReadModel = shelves) =>
  selectFromTables(file, model, (db, table) => {
    if (table === 'parked')
      return db.prepare('SELECT stream, stamp FROM parked WHERE stamp <= ? ORDER BY stream').all(entry);
    const { columns = {}, key = [] } = model.tables[table] ?? {};
    return db
      .prepare(
        `SELECT stream, ${quote(Object.keys(columns))} FROM "${table}"
         WHERE from_entry <= ? AND ? < to_entry ORDER BY stream, ${quote(key)}`,
      )
      .all(entry, entry);
  });

/** The generation numbers of a read model's files in a directory. */
export const listGenerationNumbers = (directory: string, name: string) =>
  listGenerations(directory, name).map(({ generation }) => generation);
