import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { TestLedger } from './support/test-ledger.js';
import { projectInProcess, listGenerationNumbers, readVersions } from './support/project-in-process.js';
import { bookPlaced, shelves } from './support/shelves.js';
import {
  getReadModelsDirectory,
  waitUntilLive,
  newLedger,
  startReadModels,
  startLiveReadModels,
} from './support/start-read-models.js';
import { SHELVES_VERSION_2_URL } from './support/shelves-urls.js';

function smallBook(): TestLedger {
  const book = newLedger();
  book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
  book.record('shelf-x', bookPlaced('x', '2', 'Persuasion'));
  book.record('shelf-y', bookPlaced('y', '1', 'Ivanhoe'));
  return book;
}
const fileOf = (book: TestLedger, generation: number, version = 1) =>
  join(getReadModelsDirectory(book), `shelves-${version}-${generation}.db`);
const filesOf = (book: TestLedger) =>
  readdirSync(getReadModelsDirectory(book))
    .filter((file) => /^shelves-.*\.db$/.test(file))
    .sort();
const setComplete = (file: string, complete: 0 | 1) => {
  const db = new Database(file);
  db.prepare('UPDATE checkpoint SET complete = ?').run(complete);
  db.close();
};
/** Starts on a directory in some state, and checks that all is well in the end. */
async function startsWell(book: TestLedger, generation: number) {
  const started = await startLiveReadModels(book);
  expect(started.models.statuses()[0]).toMatchObject({
    status: 'live',
    generation,
    entry: book.head,
    parked: [],
  });
  expect(readVersions(fileOf(book, generation))).toEqual(readVersions(projectInProcess(book).file));
  return started;
}

describe('the first start', () => {
  it('builds what is not there, and answers "not yet" until then', async () => {
    const book = smallBook();
    const { models } = await startReadModels(book);

    expect(models.statuses()[0]).toMatchObject({ status: 'building', generation: null, entry: 0, lag: 3 });
    const sentence = 'shelves is being built: 0 of 3 entries are projected.';
    expect(() => models.position('shelves')).toThrow(sentence);
    expect(() => models.countParkedStreams('shelves', 0)).toThrow(sentence);
    expect(() => models.query(shelves, 'on', { shelf: 'x' }, 0)).toThrow(
      expect.objectContaining({ readModel: 'shelves', progress: { done: 0, of: 3 } }),
    );
    expect(await models.waitForEntry(3, { timeoutMs: 30_000 })).toEqual([]);

    await waitUntilLive(models, book);
    expect(models.statuses()[0]).toMatchObject({ status: 'live', generation: 1, entry: 3, lag: 0 });
    expect(models.statuses()[0]).not.toHaveProperty('progress');
  });

  it('fails with a sentence if there is no ledger', async () => {
    const book = newLedger();
    await expect(startReadModels(book, { ledgerFile: `${book.file}.none` })).rejects.toThrow(
      'unable to open database file',
    );
  });
});

describe('a restart', () => {
  it('goes on with the file that is there', async () => {
    const book = smallBook();
    const { models } = await startLiveReadModels(book);
    models.notify(book.record('shelf-x', { type: 'ShelfDusted', data: { shelf: 'x' } }));
    models.notify(book.record('shelf-x', bookPlaced('x', '3', 'Mansfield Park')));
    await models.waitForEntry(5, { timeoutMs: 30_000 });
    await models.close();
    expect(readdirSync(getReadModelsDirectory(book)).sort()).toEqual(['placings-1-1.db', 'shelves-1-1.db']);
    book.record('shelf-x', bookPlaced('x', '4', 'Northanger Abbey'));

    const { warnings } = await startsWell(book, 1);
    expect(warnings.sentences).toEqual([]);
  });

  it('folds anew a file whose checkpoint the ledger does not hold', async () => {
    const book = smallBook();
    await (await startLiveReadModels(book)).models.close();
    book.truncateAfter(2);
    book.record('shelf-x', bookPlaced('x', '2', 'another third entry'));

    const { warnings } = await startsWell(book, 2);
    expect(warnings.sentences).toContain(
      `${fileOf(book, 1)} is rebuilt: the ledger does not have its position, entry 3.`,
    );
    expect(filesOf(book)).toEqual(['shelves-1-2.db']);
  });

  it('folds anew a file that is ahead of the ledger', async () => {
    const book = smallBook();
    await (await startLiveReadModels(book)).models.close();
    book.truncateAfter(1);

    await startsWell(book, 2);
  });

  it('folds anew what is no database, and says so', async () => {
    const book = smallBook();
    await (await startLiveReadModels(book)).models.close();
    writeFileSync(fileOf(book, 1), 'this is no database, whatever its name says'.repeat(100));

    const { warnings } = await startsWell(book, 2);
    expect(warnings.sentences).toContain(
      `${fileOf(book, 1)} is rebuilt, since it cannot be read: file is not a database.`,
    );
  });

  it('folds anew when the version has changed, and never serves the old one', async () => {
    const book = smallBook();
    await (await startLiveReadModels(book)).models.close();

    const { models } = await startLiveReadModels(book, { declarations: SHELVES_VERSION_2_URL });
    expect(models.statuses()[0]).toMatchObject({ version: 2, generation: 2, status: 'live' });
    expect(filesOf(book)).toEqual(['shelves-2-2.db']);
  });
});

describe('a kill', () => {
  it('in the middle of a first build leaves a generation that is not used, and whose number is not either', async () => {
    const book = smallBook();
    await (await startLiveReadModels(book)).models.close();
    setComplete(fileOf(book, 1), 0);

    await startsWell(book, 2);
    expect(filesOf(book)).toEqual(['shelves-1-2.db']);
  });

  it('in the middle of a rebuild leaves the old generation to serve, and the number taken', async () => {
    const book = smallBook();
    await (await startLiveReadModels(book)).models.close();
    copyFileSync(fileOf(book, 1), fileOf(book, 2));
    setComplete(fileOf(book, 2), 0);

    const { models } = await startsWell(book, 1);
    await models.rebuild('shelves').finished;
    expect(models.statuses()[0]).toMatchObject({ generation: 3 });
    expect(listGenerationNumbers(getReadModelsDirectory(book), 'shelves')).toEqual([3]);
  });

  it('before the old generation is removed leaves two, of which the higher serves', async () => {
    const book = smallBook();
    await (await startLiveReadModels(book)).models.close();
    copyFileSync(fileOf(book, 1), fileOf(book, 2));

    await startsWell(book, 2);
    expect(filesOf(book)).toEqual(['shelves-1-2.db']);
  });

  it('in the middle of a removal leaves files that are removed with the next', async () => {
    const book = smallBook();
    mkdirSync(getReadModelsDirectory(book));
    writeFileSync(`${fileOf(book, 4)}-wal`, 'what was beside a file that is gone');
    writeFileSync(fileOf(book, 5), '');

    await startsWell(book, 6);
    expect(existsSync(`${fileOf(book, 4)}-wal`)).toBe(false);
    expect(filesOf(book)).toEqual(['shelves-1-6.db']);
  });

  it.each([1, 2, 3, 5, 8])('at line %i of what happens leaves a directory to go on from', async (line) => {
    const book = newLedger(
      TestLedger.create(2500, (n) => [`shelf-${n % 20}`, bookPlaced(`s${n % 20}`, String(n % 37), `t${n}`)]),
    );
    const victim = spawn(process.execPath, [
      new URL('./support/rebuild-process.js', import.meta.url).pathname,
      getReadModelsDirectory(book),
      book.file,
    ]);
    let lines = 0;
    for await (const _ of createInterface(victim.stdout)) if (++lines === line) victim.kill('SIGKILL');
    expect(lines).toBeGreaterThanOrEqual(line);

    const { models } = await startLiveReadModels(book);
    const [status] = models.statuses();
    expect(status).toMatchObject({ status: 'live', entry: 2500 });
    const rows = JSON.stringify(readVersions(fileOf(book, status?.generation ?? 0)));
    expect(rows === JSON.stringify(readVersions(projectInProcess(book).file))).toBe(true);
  });
});
