// The specimen ledger: an export with stored entries of every shape that ever existed. First the example record of
// the CSTO, then an invented meeting and all remaining event types. Except for the first line, entries are only
// appended.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { entryUpcaster } from '../../../projections/index.js';
import type { EventMetadata } from '../../../src/eventsourcing/message.js';
import type { JsonObject } from '../../../src/json/json.js';
import { canonicalJson } from '../../../src/json/canonical-json.js';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { Projector } from '../../../src/read-models/projecting/projector.js';
import { createNextGeneration } from '../../../src/read-models/projecting/generations.js';
import { ReadModelWriter, type ParkedStream } from '../../../src/read-models/projecting/read-model-writer.js';
import type { AnyReadModel } from '../../../src/read-models/declaration/read-model.js';
import { createTemporaryDirectory } from '../../ledger/support/temporary-directory.js';
import { projectRoot } from '../../support/project-root.js';

/** An entry, without the fields that follow from its place in the file. */
export type SpecimenLine = {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly recordedAt: string;
  readonly data: JsonObject;
  readonly metadata: EventMetadata;
  readonly leaf: string;
};

export const SPECIMEN_FILE = 'test/specimens/book.ndjson';
/** The header, and one entry per line. */
export const [header = '', ...lines] = readFileSync(join(projectRoot, SPECIMEN_FILE), 'utf8')
  .trimEnd()
  .split('\n');

/** A ledger with the entries of these lines, byte for byte. */
export function openSpecimenLedger(book: readonly string[] = lines): SqliteLedger {
  const file = join(createTemporaryDirectory(), 'ledger.db');
  const writer = new LedgerWriter(file);
  writer.commit(
    book.map((line) => {
      const { id, stream, revision, type, recordedAt, data, metadata } = JSON.parse(line) as SpecimenLine;
      const event = {
        id,
        type,
        data: canonicalJson(data),
        metadata: canonicalJson(metadata as JsonObject),
        requestKey: metadata.request?.key ?? null,
      };
      return { stream, expectedRevision: revision - 1, events: [event], requires: [], recordedAt };
    }),
  );
  writer.close();
  return new SqliteLedger(file);
}

type ProjectedSpecimens = {
  readonly entry: number;
  readonly parked: readonly ParkedStream[];
  /** Every version of every row of every table, as stored in the file. */
  readonly rows: { readonly [table: string]: readonly unknown[] };
};

/** Projects a read model from all entries of these lines. */
export function projectSpecimens(model: AnyReadModel, book: readonly string[] = lines): ProjectedSpecimens {
  const ledger = openSpecimenLedger(book);
  const file = ReadModelWriter.create(
    createNextGeneration(createTemporaryDirectory(), model.name, model.version),
    model,
  );
  const folding = new Projector(ledger, entryUpcaster);
  while (folding.projectBatch([file], book.length).length > 0) continue;
  const { entry, parked, generation } = file;
  file.close();
  ledger.close();
  const db = new Database(generation.file, { readonly: true });
  const rows = Object.keys(model.tables)
    .sort()
    .map((table) => [table, db.prepare(`SELECT * FROM "${table}" ORDER BY row`).all()] as const);
  db.close();
  return { entry, parked, rows: Object.fromEntries(rows) };
}

/** SHA-256 of every version of every row that these lines lead to. */
export const digestRows = (model: AnyReadModel, book: readonly string[] = lines): string =>
  hash('sha256', JSON.stringify(projectSpecimens(model, book).rows));
