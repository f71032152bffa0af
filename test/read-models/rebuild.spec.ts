import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Book } from './support/test-ledger.js';
import { folded, generations, versions } from './support/project-in-process.js';
import { placed, shelves } from './support/shelves.js';
import { directoryOf, live, newBook, start, startLive } from './support/start-read-models.js';

const bookOf = (entries: number): Book =>
  newBook(Book.of(entries, (n) => [`shelf-${n % 9}`, placed('x', String(n % 50), `t${n}`)]));

/** The niceness of every thread of this process that was seen until then. */
async function prioritiesUntil(settled: Promise<void>): Promise<ReadonlySet<number>> {
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
  it('leads to the rows that were there, in a file with a new number, and removes the old one', async () => {
    const book = bookOf(300);
    const { models } = await startLive(book);

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
    expect(generations(directoryOf(book), 'shelves')).toEqual([2]);
    expect(versions(`${directoryOf(book)}/shelves-1-2.db`)).toEqual(versions(folded(book).file));
  });

  it('that runs already is returned, and the next one is another', async () => {
    const { models } = await startLive(bookOf(10));
    const job = models.rebuild('shelves');

    expect(models.rebuild('shelves')).toBe(job);
    await job.finished;
    const next = models.rebuild('shelves');
    expect(next).not.toBe(job);
    await next.finished;
    expect(models.statuses()[0]).toMatchObject({ generation: 3 });
  });

  it('of one asked for while another runs is done after it', async () => {
    const { models } = await startLive(bookOf(3000));
    const first = models.rebuild('shelves');
    await Promise.resolve(); // the thread of the first is on its way
    await Promise.all([first.finished, models.rebuild('placings').finished]);

    expect(models.statuses()).toMatchObject([{ generation: 2 }, { generation: 2 }]);
  });

  it('takes in what is recorded meanwhile, never goes back, and answers all along', async () => {
    const book = bookOf(2500);
    const { models } = await startLive(book);
    let finished = false;
    const job = models.rebuild('shelves');
    void job.finished.then(() => (finished = true));

    let [writes, last] = [0, 2500];
    while (!finished) {
      models.notify(book.record('shelf-z', placed('z', String(++writes), 'Emma')));
      expect(await models.reached(book.head, { timeoutMs: 30_000 })).toEqual([]);
      const entry = models.checkpoint('shelves');
      expect(entry).toBeGreaterThanOrEqual(last);
      last = entry;
      expect(models.ask(shelves, 'on', { shelf: 'z' }, entry)).toHaveLength(writes);
      expect(models.ask(shelves, 'on', { shelf: 'z' }, 2500)).toHaveLength(0);
      expect(await models.ask(shelves, 'everything', {}, 2500)).toHaveLength(450);
    }

    expect(models.statuses()[0]).toMatchObject({ generation: 2, entry: book.head });
    expect(versions(`${directoryOf(book)}/shelves-1-2.db`)).toEqual(versions(folded(book).file));
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('gives way to others where there is not enough for all, unless they wait for it', async () => {
    const book = bookOf(2500);
    const { models } = await start(book);
    const firstBuilds = await prioritiesUntil(live(models, book));
    expect(firstBuilds).toEqual(new Set([0]));

    const rebuilds = await prioritiesUntil(models.rebuild('shelves').finished);
    expect(rebuilds).toEqual(new Set([0, 5]));
  });

  it('of a name that nobody declared is refused', async () => {
    const { models } = await startLive(bookOf(1));
    expect(() => models.rebuild('cupboards')).toThrow("There is no read model 'cupboards'.");
  });

  it('that cannot go on past a damaged entry leaves the old file to serve', async () => {
    const book = bookOf(10);
    const { models, warnings } = await startLive(book);
    book.damage(5);

    await expect(models.rebuild('shelves').finished).rejects.toThrow(
      'shelves was not rebuilt: Entry 5 of the ledger does not match its leaf hash',
    );
    expect(warnings.heard.at(-1)).toMatch(/^shelves was not rebuilt: Entry 5/);
    expect(models.statuses()[0]).toMatchObject({ status: 'live', generation: 1, entry: 10 });
    expect(models.ask(shelves, 'on', { shelf: 'x' }, 10)).toHaveLength(10);
  });

  it('that is closed in the middle is not finished', async () => {
    const book = bookOf(2500);
    const { models } = await startLive(book);
    const { finished } = models.rebuild('shelves');
    const outcome = finished.catch((error: unknown) => (error as Error).message);

    await models.close();
    expect(await outcome).toBe('shelves was not rebuilt: it was closed.');
    const { models: again } = await startLive(book);
    expect(again.statuses()[0]).toMatchObject({ status: 'live', generation: 1, entry: 2500 });
  });
});
