import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
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

const createLedger = (entries: number): TestLedger =>
  createTestLedger(
    TestLedger.create(entries, (n) => [`shelf-${n % 9}`, bookPlaced('x', String(n % 50), `t${n}`)]),
  );

/** Collects the niceness of every thread of this process until the promise settles. */
async function collectPriorities(settled: Promise<void>): Promise<ReadonlySet<number>> {
  const seen = new Set<number>();
  let isOver = false;
  void settled.finally(() => (isOver = true));
  while (!isOver) {
    for (const thread of readdirSync('/proc/self/task')) {
      const stat = `/proc/self/task/${thread}/stat`;
      // The 19th field (proc_pid_stat(5)); the second is a name in brackets, which may hold spaces.
      if (existsSync(stat)) seen.add(Number(readFileSync(stat, 'utf8').split(') ')[1]?.split(' ')[16]));
    }
    await sleep(1);
  }
  return seen;
}

describe('a rebuild', () => {
  it('produces the same rows in a file of the next generation, and removes the old file', async () => {
    const book = createLedger(300);
    const { models } = await startLiveReadModels(book);

    const job = models.rebuild('shelves');
    expect(models.statuses()[0]).toMatchObject({
      status: 'live',
      generation: 1,
      progress: { done: 0, of: 300 },
    });
    await job.finished;

    expect(job.progress).toEqual({ done: 300, of: 300 });
    expect(models.statuses()[0]).toMatchObject({ status: 'live', generation: 2, entry: 300 });
    expect(models.statuses()[0]).not.toHaveProperty('progress');
    expect(models.statuses()[1]).toMatchObject({ generation: 1 });
    expect(listGenerationNumbers(getReadModelsDirectory(book), 'shelves')).toEqual([2]);
    expect(readRowVersions(`${getReadModelsDirectory(book)}/shelves-1-2.db`)).toEqual(
      readRowVersions(projectInProcess(book).file),
    );
  });

  it('returns the running job when one is running, and a new job after it has finished', async () => {
    const { models } = await startLiveReadModels(createLedger(10));
    const job = models.rebuild('shelves');

    expect(models.rebuild('shelves')).toBe(job);
    await job.finished;
    const next = models.rebuild('shelves');
    expect(next).not.toBe(job);
    await next.finished;
    expect(models.statuses()[0]).toMatchObject({ generation: 3 });
  });

  it('of a second read model waits until the first rebuild is done', async () => {
    const { models } = await startLiveReadModels(createLedger(3000));
    const first = models.rebuild('shelves');
    await Promise.resolve(); // the thread of the first is starting
    await Promise.all([first.finished, models.rebuild('placings').finished]);

    expect(models.statuses()).toMatchObject([{ generation: 2 }, { generation: 2 }]);
  });

  it('includes entries recorded meanwhile, never moves the position back, and keeps serving queries', async () => {
    const book = createLedger(2500);
    const { models } = await startLiveReadModels(book);
    let finished = false;
    const job = models.rebuild('shelves');
    void job.finished.then(() => (finished = true));

    let [writes, last] = [0, 2500];
    while (!finished) {
      models.notify(book.record('shelf-z', bookPlaced('z', String(++writes), 'Emma')));
      expect(await models.waitForEntry(book.head, { timeoutMs: 30_000 })).toEqual([]);
      const entry = models.position('shelves');
      expect(entry).toBeGreaterThanOrEqual(last);
      last = entry;
      expect(models.query(shelves, 'on', { shelf: 'z' }, entry)).toHaveLength(writes);
      expect(models.query(shelves, 'on', { shelf: 'z' }, 2500)).toHaveLength(0);
      expect(await models.query(shelves, 'everything', {}, 2500)).toHaveLength(450);
    }

    expect(models.statuses()[0]).toMatchObject({ generation: 2, entry: book.head });
    expect(readRowVersions(`${getReadModelsDirectory(book)}/shelves-1-2.db`)).toEqual(
      readRowVersions(projectInProcess(book).file),
    );
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('runs at low priority, unless it is a first build that callers wait for', async () => {
    const book = createLedger(2500);
    const { models } = await startReadModels(book);
    const firstBuilds = await collectPriorities(waitUntilLive(models, book));
    expect(firstBuilds).toEqual(new Set([0]));

    const rebuilds = await collectPriorities(models.rebuild('shelves').finished);
    expect(rebuilds).toEqual(new Set([0, 5]));
  });

  it('of an undeclared read model is refused', async () => {
    const { models } = await startLiveReadModels(createLedger(1));
    expect(() => models.rebuild('cupboards')).toThrow("There is no read model 'cupboards'.");
  });

  it('fails at a damaged entry, and the old file is still served', async () => {
    const book = createLedger(10);
    const { models, warnings } = await startLiveReadModels(book);
    book.damage(5);

    await expect(models.rebuild('shelves').finished).rejects.toThrow(
      'shelves was not rebuilt: Entry 5 of the ledger does not match its leaf hash',
    );
    expect(warnings.sentences.at(-1)).toMatch(/^shelves was not rebuilt: Entry 5/);
    expect(models.statuses()[0]).toMatchObject({ status: 'live', generation: 1, entry: 10 });
    expect(models.query(shelves, 'on', { shelf: 'x' }, 10)).toHaveLength(10);
  });

  it('is rejected when the read models close, and the old file is served after the next start', async () => {
    const book = createLedger(2500);
    const { models } = await startLiveReadModels(book);
    const { finished } = models.rebuild('shelves');
    const outcome = finished.catch((error: unknown) => (error as Error).message);

    await models.close();
    expect(await outcome).toBe('shelves was not rebuilt: the read models were closed.');
    const { models: again } = await startLiveReadModels(book);
    expect(again.statuses()[0]).toMatchObject({ status: 'live', generation: 1, entry: 2500 });
  });
});
