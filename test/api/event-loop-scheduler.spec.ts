import { EventLoopScheduler } from '../../src/api/shared/event-loop-scheduler.js';

/** A scheduler whose time passes, and whose turns begin, when the test says so. */
function createScheduler() {
  let now = 0;
  const turns: (() => void)[] = [];
  const scheduler = new EventLoopScheduler({
    now: () => now,
    scheduleNextTurn: (callback) => turns.push(callback),
  });
  return {
    scheduler,
    work: (ms: number) => (now += ms),
    nextTurn: () => turns.shift()?.(),
    get scheduledTurns() {
      return turns.length;
    },
  };
}

describe('a turn scheduler', () => {
  it('does work at once while the turn has time left', async () => {
    const { scheduler, work } = createScheduler();
    const done: string[] = [];
    void scheduler.run(() => (work(4), done.push('a')));
    void scheduler.run(() => (work(4), done.push('b')));
    expect(done).toEqual(['a', 'b']);
    expect(await scheduler.run(() => 'c')).toBe('c');
  });

  it('leaves what exceeds the time of a turn to the next ones, first come, first served', () => {
    const { scheduler, work, nextTurn } = createScheduler();
    const done: number[] = [];
    for (let n = 1; n <= 7; n++) void scheduler.run(() => (work(5), done.push(n)));
    expect(done).toEqual([1, 2]);
    nextTurn();
    expect(done).toEqual([1, 2, 3, 4]);
    nextTurn();
    expect(done).toEqual([1, 2, 3, 4, 5, 6]);
    nextTurn();
    expect(done).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('lets new work wait behind older work, although the turn has time left', () => {
    const { scheduler, work, nextTurn } = createScheduler();
    const done: string[] = [];
    void scheduler.run(() => work(20));
    void scheduler.run(() => {
      done.push('waited');
      void scheduler.run(() => done.push('came last'));
    });
    void scheduler.run(() => done.push('came before'));
    nextTurn();
    expect(done).toEqual(['waited', 'came before', 'came last']);
  });

  it('schedules nothing while nothing is done', () => {
    const test = createScheduler();
    expect(test.scheduledTurns).toBe(0);
    void test.scheduler.run(() => test.work(1));
    void test.scheduler.run(() => test.work(1));
    expect(test.scheduledTurns).toBe(1);
    test.nextTurn();
    expect(test.scheduledTurns).toBe(0);
  });

  it('rejects with what the work throws, at once and later, and goes on', async () => {
    const { scheduler, work, nextTurn } = createScheduler();
    const fail = () => {
      work(20);
      throw new Error('damaged');
    };
    await expect(scheduler.run(fail)).rejects.toThrow('damaged');
    const later = scheduler.run(fail);
    const last = scheduler.run(() => 'done');
    nextTurn();
    await expect(later).rejects.toThrow('damaged');
    nextTurn();
    expect(await last).toBe('done');
  });
});
