import { describe, expect, it } from '@jest/globals';
import { projectInProcess, readRowsAsOf, readRowVersions } from './support/project-in-process.js';
import { createNextGeneration } from '../../src/read-models/projecting/generations.js';
import { ReadModelWriter } from '../../src/read-models/projecting/read-model-writer.js';
import { splitIntoGroups } from '../../src/read-models/projecting/entry-batches.js';
import {
  factCorrected,
  INVALID_TITLE,
  bookPlaced,
  placings,
  FAILING_TITLE,
  entryUpcaster,
  shelves,
  UNREADABLE_TEXT,
} from './support/shelves.js';
import { createTestLedger, startLiveReadModels } from './support/start-read-models.js';

describe('a stream with an entry on which a handler fails', () => {
  it.each([
    [FAILING_TITLE, 'BookPlaced: nobody can read this title'],
    [INVALID_TITLE, 'BookPlaced: books.title is text, which 17 is not.'],
    [UNREADABLE_TEXT, 'BookPlaced: no upcaster knows this shape'],
  ])('keeps the rows from before that entry: %s', (title, reason) => {
    const book = createTestLedger();
    book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
    book.record('shelf-x', bookPlaced('x', '2', title));
    book.record('shelf-x', bookPlaced('x', '3', 'Persuasion'));
    book.record('shelf-y', bookPlaced('y', '1', 'Ivanhoe'));

    const { file, entry } = projectInProcess(book);
    expect(entry).toBe(4);
    expect(readRowVersions(file)['parked']).toEqual([{ stream: 'shelf-x', entry: 2, stamp: 2, reason }]);
    expect(readRowsAsOf(file, 4)['books']).toMatchObject([{ title: 'Emma' }, { title: 'Ivanhoe' }]);
  });

  it('keeps no row of a group that contains that entry', () => {
    const book = createTestLedger();
    book.recordGroup('shelf-x', [
      bookPlaced('x', '1', 'Emma'),
      bookPlaced('x', '2', FAILING_TITLE),
      bookPlaced('x', '3', 'C'),
    ]);

    const { file } = projectInProcess(book);
    expect(readRowVersions(file)).toMatchObject({ books: [], known: [], shelf_sizes: [] });
    expect(readRowVersions(file)['parked']).toMatchObject([{ entry: 2, stamp: 3 }]);
  });

  it('is parked at the correction that makes a handler fail', () => {
    const book = createTestLedger();
    book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
    book.record('shelf-x', factCorrected('shelf-x@0', bookPlaced('x', '1', FAILING_TITLE)));

    const { file } = projectInProcess(book);
    expect(readRowsAsOf(file, 2)['books']).toMatchObject([{ title: 'Emma' }]);
    expect(readRowVersions(file)['parked']).toMatchObject([{ entry: 1, stamp: 2 }]);
  });

  it('is parked when its batch commits, and not when its batch is rolled back', () => {
    const book = createTestLedger();
    book.record('shelf-x', bookPlaced('x', '1', FAILING_TITLE));
    const ledger = book.open();
    const file = ReadModelWriter.create(createNextGeneration(book.directory, 'shelves', 1), shelves);
    const [stamp] = splitIntoGroups(ledger.readAfter(0, 1), entryUpcaster).batches;
    const fold = () =>
      stamp &&
      file.applyBatch(stamp, () => {
        throw new Error('it amends nothing');
      });

    fold();
    file.rollback();
    expect(file.parked).toEqual([]);
    fold();
    expect(stamp && file.commit(1, stamp.leaf)).toMatchObject([{ stream: 'shelf-x', entry: 1 }]);
    expect(file.parked).toHaveLength(1);
    file.close();
    ledger.close();
  });

  it('is still projected by read models whose handlers do not fail', () => {
    const book = createTestLedger();
    book.record('shelf-x', bookPlaced('x', '1', FAILING_TITLE));
    book.record('shelf-x', bookPlaced('x', '2', 'Emma'));

    const { parked, placings: rows } = readRowVersions(
      projectInProcess(book, { model: placings }).file,
      placings,
    );
    expect(parked).toEqual([]);
    expect(rows).toHaveLength(2);
  });
});

describe('a read model with parked streams', () => {
  it('lists them, counts them as of an entry, and does not delay commands on a parked stream', async () => {
    const book = createTestLedger();
    book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
    const { models, warnings } = await startLiveReadModels(book);

    models.notify(book.record('shelf-x', bookPlaced('x', '2', FAILING_TITLE)));
    await warnings.waitFor(/^shelves parked shelf-x at entry 2: BookPlaced: nobody can read this title$/);

    const parked = [{ stream: 'shelf-x', entry: 2, reason: 'BookPlaced: nobody can read this title' }];
    expect(models.statuses()).toMatchObject([
      { name: 'shelves', status: 'live', parked },
      { name: 'placings', status: 'live', parked: [] },
    ]);
    expect([models.countParkedStreams('shelves', 1), models.countParkedStreams('shelves', 2)]).toEqual([
      0, 1,
    ]);
    // Entry 99 does not exist: of the two, only the one that did not park the stream is waited for.
    expect(await models.waitForEntry(99, { timeoutMs: 1, stream: 'shelf-x' })).toEqual(['placings']);
  });

  it('still lists and counts them after a restart', async () => {
    const book = createTestLedger();
    book.record('shelf-x', bookPlaced('x', '1', FAILING_TITLE));
    await (await startLiveReadModels(book)).models.close();

    const { models } = await startLiveReadModels(book);
    expect(models.countParkedStreams('shelves', 1)).toBe(1);
    expect(models.statuses()[0]).toMatchObject({ parked: [{ stream: 'shelf-x', entry: 1 }] });
  });
});
