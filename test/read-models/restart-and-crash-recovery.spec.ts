import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { TestLedger } from './support/test-ledger.js';
import { projectInProcess, listGenerationNumbers, readRowVersions } from './support/project-in-process.js';
import { bookPlaced, shelves } from './support/shelves.js';
import {
  getReadModelsDirectory,
  waitUntilLive,
  createTestLedger,
  startReadModels,
  startLiveReadModels,
} from './support/start-read-models.js';
import { SHELVES_VERSION_2_MODULE_URL } from './support/shelves-module-urls.js';

function createSmallLedger(): TestLedger {
  const book = createTestLedger();
  book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
  book.record('shelf-x', bookPlaced('x', '2', 'Persuasion'));
  book.record('shelf-y', bookPlaced('y', '1', 'Ivanhoe'));
  return book;
}
const getFilePath = (book: TestLedger, generation: number, version = 1) =>
  join(getReadModelsDirectory(book), `shelves-${version}-${generation}.db`);
const listFiles = (book: TestLedger) =>
  readdirSync(getReadModelsDirectory(book))
    .filter((file) => /^shelves-.*\.db$/.test(file))
    .sort();
const setComplete = (file: string, complete: 0 | 1) => {
  const db = new Database(file);
  db.prepare('UPDATE checkpoint SET complete = ?').run(complete);
  db.close();
};
/** Starts the read models and checks that they become live, with the rows of a new projection. */
async function startAndCheck(book: TestLedger, generation: number) {
  const started = await startLiveReadModels(book);
  expect(started.models.statuses()[0]).toMatchObject({
    status: 'live',
    generation,
    entry: book.head,
    parked: [],
  });
  expect(readRowVersions(getFilePath(book, generation))).toEqual(
    readRowVersions(projectInProcess(book).file),
  );
  return started;
}

describe('the first start', () => {
  it('builds missing read models, and queries fail with the progress until they are built', async () => {
    const book = createSmallLedger();
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

  it('fails with a message if there is no ledger', async () => {
    const book = createTestLedger();
    await expect(startReadModels(book, { ledgerFile: `${book.file}.none` })).rejects.toThrow(
      'unable to open database file',
    );
  });
});

describe('a restart', () => {
  it('continues with the existing file', async () => {
    const book = createSmallLedger();
    const { models } = await startLiveReadModels(book);
    models.notify(book.record('shelf-x', { type: 'ShelfDusted', data: { shelf: 'x' } }));
    models.notify(book.record('shelf-x', bookPlaced('x', '3', 'Mansfield Park')));
    await models.waitForEntry(5, { timeoutMs: 30_000 });
    await models.close();
    expect(readdirSync(getReadModelsDirectory(book)).sort()).toEqual(['placings-1-1.db', 'shelves-1-1.db']);
    book.record('shelf-x', bookPlaced('x', '4', 'Northanger Abbey'));

    const { warnings } = await startAndCheck(book, 1);
    expect(warnings.sentences).toEqual([]);
  });

  it('rebuilds a file whose position the ledger does not have', async () => {
    const book = createSmallLedger();
    await (await startLiveReadModels(book)).models.close();
    book.truncateAfter(2);
    book.record('shelf-x', bookPlaced('x', '2', 'another third entry'));

    const { warnings } = await startAndCheck(book, 2);
    expect(warnings.sentences).toContain(
      `${getFilePath(book, 1)} is rebuilt: the ledger does not have its position, entry 3.`,
    );
    expect(listFiles(book)).toEqual(['shelves-1-2.db']);
  });

  it('rebuilds a file that is ahead of the ledger', async () => {
    const book = createSmallLedger();
    await (await startLiveReadModels(book)).models.close();
    book.truncateAfter(1);

    await startAndCheck(book, 2);
  });

  it('rebuilds a file that is not a database, with a warning', async () => {
    const book = createSmallLedger();
    await (await startLiveReadModels(book)).models.close();
    writeFileSync(getFilePath(book, 1), 'this is no database, whatever its name says'.repeat(100));

    const { warnings } = await startAndCheck(book, 2);
    expect(warnings.sentences).toContain(
      `${getFilePath(book, 1)} is rebuilt, since it cannot be read: file is not a database.`,
    );
  });

  it('rebuilds when the version has changed, and never serves the old version', async () => {
    const book = createSmallLedger();
    await (await startLiveReadModels(book)).models.close();

    const { models } = await startLiveReadModels(book, { declarations: SHELVES_VERSION_2_MODULE_URL });
    expect(models.statuses()[0]).toMatchObject({ version: 2, generation: 2, status: 'live' });
    expect(listFiles(book)).toEqual(['shelves-2-2.db']);
  });
});

describe('a crash', () => {
  it('during a first build leaves a generation that is not served and whose number is not used again', async () => {
    const book = createSmallLedger();
    await (await startLiveReadModels(book)).models.close();
    setComplete(getFilePath(book, 1), 0);

    await startAndCheck(book, 2);
    expect(listFiles(book)).toEqual(['shelves-1-2.db']);
  });

  it('during a rebuild leaves the old generation in service and the new number used', async () => {
    const book = createSmallLedger();
    await (await startLiveReadModels(book)).models.close();
    copyFileSync(getFilePath(book, 1), getFilePath(book, 2));
    setComplete(getFilePath(book, 2), 0);

    const { models } = await startAndCheck(book, 1);
    await models.rebuild('shelves').finished;
    expect(models.statuses()[0]).toMatchObject({ generation: 3 });
    expect(listGenerationNumbers(getReadModelsDirectory(book), 'shelves')).toEqual([3]);
  });

  it('before the old generation is removed leaves two, of which the newer is served', async () => {
    const book = createSmallLedger();
    await (await startLiveReadModels(book)).models.close();
    copyFileSync(getFilePath(book, 1), getFilePath(book, 2));

    await startAndCheck(book, 2);
    expect(listFiles(book)).toEqual(['shelves-1-2.db']);
  });

  it('during a removal leaves files that the next start removes', async () => {
    const book = createSmallLedger();
    mkdirSync(getReadModelsDirectory(book));
    writeFileSync(`${getFilePath(book, 4)}-wal`, 'what was beside a file that is gone');
    writeFileSync(getFilePath(book, 5), '');

    await startAndCheck(book, 6);
    expect(existsSync(`${getFilePath(book, 4)}-wal`)).toBe(false);
    expect(listFiles(book)).toEqual(['shelves-1-6.db']);
  });

  it.each([1, 2, 3, 5, 8])(
    'at output line %i of a rebuilding process leaves a directory from which the next start recovers',
    async (line) => {
      const book = createTestLedger(
        TestLedger.create(2500, (n) => [
          `shelf-${n % 20}`,
          bookPlaced(`s${n % 20}`, String(n % 37), `t${n}`),
        ]),
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
      const rows = JSON.stringify(readRowVersions(getFilePath(book, status?.generation ?? 0)));
      expect(rows === JSON.stringify(readRowVersions(projectInProcess(book).file))).toBe(true);
    },
  );
});
