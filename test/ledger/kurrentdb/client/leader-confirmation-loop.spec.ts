import { jest } from '@jest/globals';
import { LeaderConfirmationLoop } from '../../../../src/ledger/kurrentdb/client/leader-confirmation-loop.js';

const timeouts = { intervalMs: 1_000, attemptMs: 1_500, retryMs: 200, silenceMs: 3_000 };

describe('LeaderWatch', () => {
  let attempts: number;
  let confirm: () => Promise<void>;
  let silences: string[];
  let confirmations: number;
  let watch: LeaderConfirmationLoop;
  beforeEach(() => {
    jest.useFakeTimers();
    [attempts, silences, confirmations] = [0, [], 0];
    confirm = () => Promise.resolve();
    watch = new LeaderConfirmationLoop({
      confirm: () => {
        attempts += 1;
        return confirm();
      },
      onConfirmed: () => (confirmations += 1),
      onSilence: (reason) => silences.push(reason),
      timeouts,
    });
  });
  afterEach(() => {
    watch.stop();
    jest.useRealTimers();
  });

  it('requests a confirmation after each interval', async () => {
    watch.start();
    await jest.advanceTimersByTimeAsync(4_500);
    expect([attempts, confirmations, silences]).toEqual([5, 5, []]);
  });

  it('says why there is no confirmation once that has lasted, and not before', async () => {
    watch.start();
    await jest.advanceTimersByTimeAsync(500);
    confirm = () => Promise.reject(new Error('Server Is Not Ready'));
    await jest.advanceTimersByTimeAsync(2_300);
    expect([confirmations, silences]).toEqual([1, []]);
    await jest.advanceTimersByTimeAsync(400);
    expect(silences.at(-1)).toBe('Server Is Not Ready');
  });

  it('counts an attempt without a response as failed, so that silence is noticed within five seconds', async () => {
    watch.start();
    await jest.advanceTimersByTimeAsync(0);
    confirm = () => new Promise(() => undefined);
    await jest.advanceTimersByTimeAsync(4_999);
    expect(silences).not.toEqual([]);
    expect(new Set(silences)).toEqual(new Set(['it does not respond']));
  });

  it('is confirmed again by the first attempt that succeeds', async () => {
    confirm = () => Promise.reject(new Error('no leader'));
    watch.start();
    await jest.advanceTimersByTimeAsync(4_000);
    const { length } = silences;
    expect(length).toBeGreaterThan(0);
    confirm = () => Promise.resolve();
    await jest.advanceTimersByTimeAsync(timeouts.retryMs);
    expect([confirmations, silences.length]).toEqual([1, length]);
  });

  it('remembers when the confirmed attempt began, not when it ended', async () => {
    watch.start();
    await jest.advanceTimersByTimeAsync(900);
    confirm = () => new Promise((resolve) => setTimeout(resolve, 1_000));
    await jest.advanceTimersByTimeAsync(1_200);
    expect(confirmations).toBe(2);
    expect(performance.now() - watch.confirmedAt).toBeGreaterThanOrEqual(1_000);
  });

  it('knows of no silence while each attempt succeeds', async () => {
    watch.start();
    await jest.advanceTimersByTimeAsync(900);
    expect(watch.getSilenceMs()).toBe(0);
    confirm = () => Promise.reject(new Error('no leader'));
    await jest.advanceTimersByTimeAsync(2_000);
    expect(watch.getSilenceMs()).toBe(2_900);
  });

  it('does not wait if a confirmation is requested, also during an attempt', async () => {
    watch.start();
    await jest.advanceTimersByTimeAsync(0);
    watch.confirmNow();
    await jest.advanceTimersByTimeAsync(0);
    expect(attempts).toBe(2);
    let respond = (): void => undefined;
    confirm = () => new Promise((resolve) => (respond = resolve));
    watch.confirmNow();
    await jest.advanceTimersByTimeAsync(0);
    watch.confirmNow();
    confirm = () => Promise.resolve();
    respond();
    await jest.advanceTimersByTimeAsync(0);
    expect(attempts).toBe(4);
  });

  it('ends when it is stopped', async () => {
    watch.start();
    await jest.advanceTimersByTimeAsync(0);
    watch.stop();
    await jest.advanceTimersByTimeAsync(10_000);
    expect([attempts, silences]).toEqual([1, []]);
  });
});
