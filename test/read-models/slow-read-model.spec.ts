// One thread projects all read models: a slow one takes its time in turns.
import { expect, it } from '@jest/globals';
import type { AnyReadModel } from '../../src/read-models/declaration/read-model.js';
import { createNextGeneration } from '../../src/read-models/projecting/generations.js';
import { Projector } from '../../src/read-models/projecting/projector.js';
import { ReadModelWriter } from '../../src/read-models/projecting/read-model-writer.js';
import { bookPlaced, entryUpcaster, placings, shelves } from './support/shelves.js';
import { createTestLedger } from './support/start-read-models.js';

const ENTRIES = 400;

it('lets the other read models reach the head while it is behind, and reaches it as well', () => {
  const book = createTestLedger();
  for (let n = 0; n < ENTRIES; n++) book.record(`shelf-${n % 7}`, bookPlaced(`${n % 7}`, `${n}`, 'Emma'));
  let clock = 0;
  const slow: AnyReadModel = {
    ...placings,
    handlers: placings.handlers.map((part) => ({ ...part, whenever: () => (clock += 1_000) })),
  };
  const ledger = book.open();
  const projector = new Projector(ledger, entryUpcaster, { batchSize: ENTRIES, now: () => clock });
  const [slowFile, quickFile] = [slow, shelves].map((model) =>
    ReadModelWriter.create(createNextGeneration(book.directory, model.name, model.version), model),
  ) as [ReadModelWriter, ReadModelWriter];

  const positions: number[] = [];
  while (projector.projectBatch([slowFile, quickFile], ENTRIES).length > 0) positions.push(slowFile.entry);

  expect(quickFile.entry).toBe(ENTRIES);
  expect(slowFile.entry).toBe(ENTRIES);
  // The quick one is done after the first batch; each turn of the slow one is one entry.
  expect(positions.slice(0, 3)).toEqual([1, 2, 3]);
  slowFile.close();
  quickFile.close();
  ledger.close();
});
