import { describe, expect, it } from '@jest/globals';
import { folded, rowsAsOf, versions } from './support/project-in-process.js';
import { nextGeneration } from '../../src/read-models/projecting/generations.js';
import { ModelFile } from '../../src/read-models/projecting/read-model-writer.js';
import { stampsOf } from '../../src/read-models/projecting/entry-batches.js';
import { corrected, MISFIT, placed, placings, POISON, read, shelves, UNREADABLE } from './support/shelves.js';
import { newBook, startLive } from './support/start-read-models.js';

describe('a stream with an entry that a handler cannot digest', () => {
  it.each([
    [POISON, 'BookPlaced: nobody can read this title'],
    [MISFIT, 'BookPlaced: books.title is text, which 17 is not.'],
    [UNREADABLE, 'BookPlaced: no upcaster knows this shape'],
  ])('stands as it stood before it: %s', (title, reason) => {
    const book = newBook();
    book.record('shelf-x', placed('x', '1', 'Emma'));
    book.record('shelf-x', placed('x', '2', title));
    book.record('shelf-x', placed('x', '3', 'Persuasion'));
    book.record('shelf-y', placed('y', '1', 'Ivanhoe'));

    const { file, entry } = folded(book);
    expect(entry).toBe(4);
    expect(versions(file)['parked']).toEqual([{ stream: 'shelf-x', entry: 2, stamp: 2, reason }]);
    expect(rowsAsOf(file, 4)['books']).toMatchObject([{ title: 'Emma' }, { title: 'Ivanhoe' }]);
  });

  it('keeps nothing of a group that holds it', () => {
    const book = newBook();
    book.recordGroup('shelf-x', [placed('x', '1', 'Emma'), placed('x', '2', POISON), placed('x', '3', 'C')]);

    const { file } = folded(book);
    expect(versions(file)).toMatchObject({ books: [], known: [], shelf_sizes: [] });
    expect(versions(file)['parked']).toMatchObject([{ entry: 2, stamp: 3 }]);
  });

  it('is parked where a correction brings the trouble', () => {
    const book = newBook();
    book.record('shelf-x', placed('x', '1', 'Emma'));
    book.record('shelf-x', corrected('shelf-x@0', placed('x', '1', POISON)));

    const { file } = folded(book);
    expect(rowsAsOf(file, 2)['books']).toMatchObject([{ title: 'Emma' }]);
    expect(versions(file)['parked']).toMatchObject([{ entry: 1, stamp: 2 }]);
  });

  it('is parked with the batch it is in, or not at all', () => {
    const book = newBook();
    book.record('shelf-x', placed('x', '1', POISON));
    const ledger = book.opened();
    const file = ModelFile.create(nextGeneration(book.directory, 'shelves', 1), shelves);
    const [stamp] = stampsOf(ledger.after(0, 1), read).stamps;
    const fold = () => stamp && file.fold(stamp, () => ({ types: new Set(), facts: [] }));

    fold();
    file.rollback();
    expect(file.parked).toEqual([]);
    fold();
    expect(stamp && file.commit(1, stamp.leaf)).toMatchObject([{ stream: 'shelf-x', entry: 1 }]);
    expect(file.parked).toHaveLength(1);
    file.close();
    ledger.close();
  });

  it('is folded on in read models that can digest it', () => {
    const book = newBook();
    book.record('shelf-x', placed('x', '1', POISON));
    book.record('shelf-x', placed('x', '2', 'Emma'));

    const { parked, placings: rows } = versions(folded(book, { model: placings }).file, placings);
    expect(parked).toEqual([]);
    expect(rows).toHaveLength(2);
  });
});

describe('a read model with parked streams', () => {
  it('says which, counts them as of an entry, and is not waited for by their callers', async () => {
    const book = newBook();
    book.record('shelf-x', placed('x', '1', 'Emma'));
    const { models, warnings } = await startLive(book);

    models.notify(book.record('shelf-x', placed('x', '2', POISON)));
    await warnings.like(/^shelves parked shelf-x at entry 2: BookPlaced: nobody can read this title$/);

    const parked = [{ stream: 'shelf-x', entry: 2, reason: 'BookPlaced: nobody can read this title' }];
    expect(models.statuses()).toMatchObject([
      { name: 'shelves', status: 'live', parked },
      { name: 'placings', status: 'live', parked: [] },
    ]);
    expect([models.degraded('shelves', 1), models.degraded('shelves', 2)]).toEqual([0, 1]);
    // Entry 99 does not exist: of the two, only the one that did not park the stream is waited for.
    expect(await models.reached(99, { timeoutMs: 1, stream: 'shelf-x' })).toEqual(['placings']);
  });

  it('still says so after a restart', async () => {
    const book = newBook();
    book.record('shelf-x', placed('x', '1', POISON));
    await (await startLive(book)).models.close();

    const { models } = await startLive(book);
    expect(models.degraded('shelves', 1)).toBe(1);
    expect(models.statuses()[0]).toMatchObject({ parked: [{ stream: 'shelf-x', entry: 1 }] });
  });
});
