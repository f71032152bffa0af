import { createBackoff } from '../../../../src/ledger/kurrentdb/client/backoff.js';

describe('backoff', () => {
  const take = (count: number, delays: ReturnType<typeof createBackoff>) =>
    Array.from({ length: count }, () => delays.nextMs());

  it('doubles the delay after each attempt, up to the cap', () => {
    expect(take(7, createBackoff({ firstMs: 100, maxMs: 1_500 }))).toEqual([
      100, 200, 400, 800, 1_500, 1_500, 1_500,
    ]);
  });

  it('starts with the first delay again after a reset', () => {
    const delays = createBackoff({ firstMs: 20, maxMs: 1_000 });
    take(5, delays);
    delays.reset();
    expect(take(2, delays)).toEqual([20, 40]);
  });
});
