import { RequestStartQueue } from '../../src/server/request-start-queue.js';

/** Turns whose time passes, and which begin, when the test says so. */
function createTurns() {
  let now = 0;
  const scheduled: (() => void)[] = [];
  const begun: number[] = [];
  const turns = new RequestStartQueue({
    now: () => now,
    scheduleNextTurn: (callback) => scheduled.push(callback),
  });
  return {
    begun,
    /** A request that takes 4 ms. */
    begin: (n: number) => {
      turns.begin(() => {
        begun.push(n);
        now += 4;
      });
    },
    nextTurn: () => scheduled.shift()?.(),
    get isIdle() {
      return scheduled.length === 0;
    },
  };
}

describe('requests that arrive together', () => {
  it('begin at once while the turn is young, then one in each turn, in the order of their arrival', () => {
    const test = createTurns();
    for (let n = 1; n <= 6; n++) test.begin(n);
    expect(test.begun).toEqual([1, 2, 3]);
    test.nextTurn();
    expect(test.begun).toEqual([1, 2, 3, 4]);
    test.begin(7);
    expect(test.begun).toEqual([1, 2, 3, 4]);
    for (let n = 0; n < 3; n++) test.nextTurn();
    expect(test.begun).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('begin at once again when none waits', () => {
    const test = createTurns();
    for (let n = 1; n <= 4; n++) test.begin(n);
    while (!test.isIdle) test.nextTurn();
    test.begin(5);
    expect(test.begun).toEqual([1, 2, 3, 4, 5]);
  });

  it('leave nothing scheduled when all have begun', () => {
    const test = createTurns();
    expect(test.isIdle).toBe(true);
    test.begin(1);
    expect(test.isIdle).toBe(false);
    test.nextTurn();
    expect(test.isIdle).toBe(true);
  });
});
