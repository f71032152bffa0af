import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { Projector } from '../../src/read-models/projecting/projector.js';
import { listGenerations, createNextGeneration } from '../../src/read-models/projecting/generations.js';
import { ReadModelWriter } from '../../src/read-models/projecting/read-model-writer.js';
import { TestLedger } from './support/test-ledger.js';
import { bookPlaced, placings, entryUpcaster, shelves } from './support/shelves.js';
import {
  getReadModelsDirectory,
  createTestLedger,
  startReadModels,
  startLiveReadModels,
} from './support/start-read-models.js';

describe('a durable entry', () => {
  it('can be read once it is projected', async () => {
    const book = createTestLedger();
    const { models } = await startLiveReadModels(book);
    expect(models.query(shelves, 'on', { shelf: 'x' }, 0)).toEqual([]);

    models.notify(book.record('shelf-x', bookPlaced('x', '1', 'Emma')));
    expect(await models.waitForEntry(1, { timeoutMs: 30_000 })).toEqual([]);

    expect(models.position('shelves')).toBe(1);
    expect(models.query(shelves, 'on', { shelf: 'x' }, 1)).toEqual([
      { book: '1', title: 'Emma', from_entry: 1 },
    ]);
  });

  it('is waited for by many callers at once, each at its own entry', async () => {
    const book = createTestLedger();
    const { models } = await startLiveReadModels(book);
    const callers = Array.from({ length: 64 }, (_, n) => models.waitForEntry(n + 1, { timeoutMs: 30_000 }));

    for (let n = 0; n < 64; n++)
      models.notify(book.record(`shelf-${n % 7}`, bookPlaced('x', String(n), 'Emma')));
    expect(await Promise.all(callers)).toEqual(callers.map(() => []));
    expect(models.query('shelves', 'everything', {}, 64)).toBeInstanceOf(Promise);
  });

  it('is not projected before the runner is notified of it', async () => {
    const book = createTestLedger();
    const { models } = await startLiveReadModels(book);

    book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
    models.notify(book.head);
    book.record('shelf-x', bookPlaced('x', '2', 'Persuasion'));
    await models.waitForEntry(1, { timeoutMs: 30_000 });

    expect(await models.waitForEntry(2, { timeoutMs: 1 })).toEqual(['shelves', 'placings']);
    expect(models.statuses()).toMatchObject([
      { entry: 1, lag: 0 },
      { entry: 1, lag: 0 },
    ]);
  });

  it('cannot be queried before it is projected', async () => {
    const { models } = await startLiveReadModels(createTestLedger());
    expect(() => models.query('shelves', 'on', { shelf: 'x' }, 1)).toThrow(
      new RangeError('shelves has entries up to 0, not 1.'),
    );
  });

  it('is projected at the start, up to the head of the ledger', async () => {
    const book = createTestLedger(
      TestLedger.create(2400, (n) => [`shelf-${n % 9}`, bookPlaced('x', String(n % 5), 'Emma')]),
    );
    await (await startLiveReadModels(book)).models.close();
    for (let n = 1; n <= 100; n++) book.record(`shelf-${n % 9}`, bookPlaced('x', String(n % 5), 'Emma'));

    const { models } = await startReadModels(book);
    expect(await models.waitForEntry(2500, { timeoutMs: 30_000 })).toEqual([]);
    expect(models.query('placings', 'count', {}, 2500)).toBe(2500);
  });
});

describe('read models at different entries', () => {
  it('catch up with each other and then advance together, so that each entry is read once', () => {
    const book = createTestLedger(
      TestLedger.create(9, (n) => ['shelf-x', bookPlaced('x', String(n), 'Emma')]),
    );
    const ledger = book.open();
    const folding = new Projector(ledger, entryUpcaster);
    const files = [shelves, placings].map((model) =>
      ReadModelWriter.create(createNextGeneration(book.directory, model.name, 1), model),
    );
    const moved = (among: readonly ReadModelWriter[], head: number) =>
      folding.projectBatch(among, head).map(({ file }) => [file.model.name, file.entry]);

    expect(moved(files.slice(0, 1), 4)).toEqual([['shelves', 4]]);
    expect(moved(files, 9)).toEqual([['placings', 4]]);
    expect(moved(files, 9)).toEqual([
      ['shelves', 9],
      ['placings', 9],
    ]);
    expect(moved(files, 9)).toEqual([]);
    for (const file of files) file.close();
    ledger.close();
  });
});

describe('a damaged entry', () => {
  it('stops the projection of everything after it, with a warning', async () => {
    const book = createTestLedger();
    for (let n = 1; n <= 3; n++) book.record('shelf-x', bookPlaced('x', String(n), 'Emma'));
    const { models, warnings } = await startLiveReadModels(book);
    for (let n = 4; n <= 9; n++) book.record('shelf-x', bookPlaced('x', String(n), 'Emma'));
    book.damage(6);

    models.notify(9);
    await warnings.waitFor(/^placings is no longer projected/);

    const reason = 'Entry 6 of the ledger does not match its leaf hash: its stored bytes were altered.';
    expect(models.statuses()).toMatchObject([
      { name: 'shelves', status: 'failed', entry: 5, lag: 4, reason },
      { name: 'placings', status: 'failed', entry: 5, lag: 4, reason },
    ]);
    // Projected rows are still served, and callers do not wait for entries that will not be projected.
    expect(models.query(shelves, 'on', { shelf: 'x' }, 5)).toHaveLength(5);
    expect(await models.waitForEntry(9, { timeoutMs: 30_000 })).toEqual([]);
  });

  it('is also found when a correction refers to it, and the correction is not projected', async () => {
    const book = createTestLedger();
    book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
    book.record('shelf-y', bookPlaced('y', '1', 'Emma'));
    const { models, warnings } = await startLiveReadModels(book);
    book.damage(1);

    book.record('shelf-y', bookPlaced('y', '2', 'Persuasion'));
    book.record('shelf-x', { type: 'FactDisputed', data: { fact: 'shelf-x@0', claim: 'no' } });
    models.notify(book.record('shelf-y', bookPlaced('y', '3', 'Ivanhoe')));
    await warnings.waitFor(/^placings is no longer projected: Entry 1 of the ledger/);

    expect(models.statuses()).toMatchObject([
      { status: 'failed', entry: 3 },
      { status: 'failed', entry: 3 },
    ]);
  });

  it('does not prevent serving: a first build ends in front of it', async () => {
    const book = createTestLedger();
    for (let n = 1; n <= 9; n++) book.record('shelf-x', bookPlaced('x', String(n), 'Emma'));
    book.damage(6);

    const { models, warnings } = await startReadModels(book);
    await warnings.waitFor(/^shelves is no longer projected/);
    await warnings.waitFor(/^placings is no longer projected/);

    expect(models.statuses()).toMatchObject([
      { status: 'failed', entry: 5 },
      { status: 'failed', entry: 5 },
    ]);
    expect(models.query('placings', 'count', {}, 5)).toBe(5);
  });
});

describe('a read model file that is temporarily locked', () => {
  it('is retried until it can be written, while the other read models advance', async () => {
    const book = createTestLedger();
    const { models, warnings } = await startLiveReadModels(book);
    const [generation] = listGenerations(getReadModelsDirectory(book), 'shelves');
    const other = new Database(generation?.file);
    other.exec('BEGIN IMMEDIATE');

    models.notify(book.record('shelf-x', bookPlaced('x', '1', 'Emma')));
    expect(await warnings.waitFor(/^shelves/)).toBe(
      'shelves cannot be projected now and is retried: database is locked',
    );
    expect(models.statuses()).toMatchObject([
      { name: 'shelves', status: 'live', entry: 0, lag: 1, reason: 'database is locked' },
      { name: 'placings', status: 'live', entry: 1, lag: 0 },
    ]);

    other.close();
    expect(await models.waitForEntry(1, { timeoutMs: 30_000 })).toEqual([]);
    expect(models.statuses()[0]).not.toHaveProperty('reason');
    expect(models.query(shelves, 'on', { shelf: 'x' }, 1)).toHaveLength(1);
  });
});
