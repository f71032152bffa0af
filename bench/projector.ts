// Read models from entry 1, in one thread and without a server.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { readModels, read } from '../projections/index.js';
import type { SourceRegistered } from '../src/domain/source/events.js';
import { type Entry, recorded } from '../src/ledger/entry.js';
import { ENTRY_COLUMNS } from '../src/ledger/sqlite/schema.js';
import { SqliteLedger } from '../src/ledger/sqlite/sqlite-ledger.js';
import { Folding } from '../src/read-models/projecting/projector.js';
import { nextGeneration } from '../src/read-models/projecting/generations.js';
import { ModelFile } from '../src/read-models/projecting/read-model-writer.js';
import { type AnyReadModel, readModel, table } from '../src/read-models/declaration/read-model.js';
import type { Fixtures } from './fixtures.js';
import { compared, interleaved, perSecond, type Row } from './benchmark.js';

const ROUNDS = 3;
/** As many as are folded in one batch. */
const PAGE = 2_000;

/** One table, and one row for every second entry: what a first read model would look like. */
const plain = readModel<SourceRegistered>()({
  name: 'plain',
  version: 1,
  tables: {
    titles: table({ columns: { source: 'text', title: 'text' }, key: ['source'], indexes: [['source']] }),
  },
  when: { SourceRegistered: ({ data: { source, title } }, { titles }) => titles.put({ source, title }) },
  queries: {},
});

function fold(
  directory: string,
  ledgerFile: string,
  entries: number,
  models: readonly AnyReadModel[],
): number {
  const ledger = new SqliteLedger(ledgerFile);
  const files = models.map((model) =>
    ModelFile.create(nextGeneration(directory, model.name, model.version), model),
  );
  const folding = new Folding(ledger, read);
  try {
    const figure = perSecond(entries, () => {
      while (folding.step(files, entries).length > 0) continue;
      for (const file of files) file.complete();
    });
    if (!files.every(({ entry, parked }) => entry === entries && parked.length === 0))
      throw new Error('The generated book was not folded whole.');
    return figure;
  } finally {
    for (const file of files) file.close();
    ledger.close();
  }
}

function readAndParse(ledgerFile: string, entries: number): number {
  const db = new Database(ledgerFile, { readonly: true });
  const page = db.prepare<[number, number], Entry>(
    `SELECT ${ENTRY_COLUMNS} FROM entries WHERE entry > ? ORDER BY entry LIMIT ?`,
  );
  try {
    return perSecond(entries, () => {
      for (let at = 0; at < entries; at += PAGE) page.all(at, PAGE).forEach(recorded);
    });
  } finally {
    db.close();
  }
}

const measure =
  (row: string, models: readonly AnyReadModel[], least: number) => async (fixtures: Fixtures) => {
    const ledgerFile = join(fixtures.book(), 'ledger.db');
    const { entries } = fixtures;
    const { folding, reading } = await interleaved(ROUNDS, {
      folding: () => fixtures.within((directory) => fold(directory, ledgerFile, entries, models)),
      reading: () => readAndParse(ledgerFile, entries),
    });
    const reference = 'reading and parsing the same';
    return [compared({ row, unit: 'entries/s', reference, aim: { atLeast: least } }, folding, reading)];
  };

export const folding: readonly Row[] = [
  {
    name: 'fold-all',
    measure: measure(`folding all ${readModels.length} read models from entry 1`, readModels, 0.05),
  },
  { name: 'fold-plain', measure: measure('folding one plain read model from entry 1', [plain], 0.25) },
];
