// Projecting read models from entry 1, in one thread and without a server.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { readModels, entryUpcaster } from '../projections/index.js';
import type { SourceRegistered } from '../src/domain/source/source.js';
import { type Entry, toRecordedEvent } from '../src/ledger/entry.js';
import { ENTRY_COLUMNS } from '../src/ledger/sqlite/entry-row.js';
import { SqliteLedger } from '../src/ledger/sqlite/sqlite-ledger.js';
import { Projector } from '../src/read-models/projecting/projector.js';
import { createNextGeneration } from '../src/read-models/projecting/generations.js';
import { ReadModelWriter } from '../src/read-models/projecting/read-model-writer.js';
import { type AnyReadModel, defineReadModel } from '../src/read-models/declaration/read-model.js';
import { defineTable } from '../src/read-models/declaration/table.js';
import type { Fixtures } from './fixtures.js';
import { compareFigures, runInterleaved, measureRate, type Benchmark } from './benchmark.js';

const ROUNDS = 3;
/** The number of entries in one batch of the projector. */
const PAGE = 2_000;

/** One table, with a row for every second entry, like a simple first read model. */
const plainReadModel = defineReadModel<SourceRegistered>()({
  name: 'plain',
  version: 1,
  tables: {
    titles: defineTable({
      columns: { source: 'text', title: 'text' },
      key: ['source'],
      indexes: [['source']],
    }),
  },
  when: { SourceRegistered: ({ data: { source, title } }, { titles }) => titles.put({ source, title }) },
  queries: {},
});

function measureProjector(
  directory: string,
  ledgerFile: string,
  entries: number,
  models: readonly AnyReadModel[],
): number {
  const ledger = new SqliteLedger(ledgerFile);
  const files = models.map((model) =>
    ReadModelWriter.create(createNextGeneration(directory, model.name, model.version), model),
  );
  const projector = new Projector(ledger, entryUpcaster);
  try {
    const figure = measureRate(entries, () => {
      while (projector.projectBatch(files, entries).length > 0) continue;
      for (const file of files) file.markComplete();
    });
    if (!files.every(({ entry, parked }) => entry === entries && parked.length === 0))
      throw new Error('The generated book was not projected completely.');
    return figure;
  } finally {
    for (const file of files) file.close();
    ledger.close();
  }
}

function measureReading(ledgerFile: string, entries: number): number {
  const db = new Database(ledgerFile, { readonly: true });
  const page = db.prepare<[number, number], Entry>(
    `SELECT ${ENTRY_COLUMNS} FROM entries WHERE entry > ? ORDER BY entry LIMIT ?`,
  );
  try {
    return measureRate(entries, () => {
      for (let at = 0; at < entries; at += PAGE) page.all(at, PAGE).forEach(toRecordedEvent);
    });
  } finally {
    db.close();
  }
}

const defineMeasure =
  (row: string, models: readonly AnyReadModel[], least: number) => async (fixtures: Fixtures) => {
    const ledgerFile = join(fixtures.getBookDirectory(), 'ledger.db');
    const { entries } = fixtures;
    const { projector, reading } = await runInterleaved(ROUNDS, {
      projector: () =>
        fixtures.useDirectory((directory) => measureProjector(directory, ledgerFile, entries, models)),
      reading: () => measureReading(ledgerFile, entries),
    });
    const reference = 'reading and parsing the entries';
    return [
      compareFigures({ row, unit: 'entries/s', reference, aim: { atLeast: least } }, projector, reading),
    ];
  };

export const projectorBenchmarks: readonly Benchmark[] = [
  {
    name: 'fold-all',
    measure: defineMeasure(`projector all ${readModels.length} read models from entry 1`, readModels, 0.05),
  },
  {
    name: 'fold-plain',
    measure: defineMeasure('projector one plain read model from entry 1', [plainReadModel], 0.25),
  },
];
