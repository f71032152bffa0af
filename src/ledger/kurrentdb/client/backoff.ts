/** Delays between attempts: `firstMs`, doubled each time, at most `maxMs`. */
export type BackoffRange = { readonly firstMs: number; readonly maxMs: number };

export interface Backoff {
  /** How long to wait before the next attempt; the one after it waits longer. */
  nextMs(): number;
  /** Resets the delay after a success. */
  reset(): void;
}

/** Exponential backoff with a cap. */
export function createBackoff({ firstMs, maxMs }: BackoffRange): Backoff {
  let delayMs = firstMs;
  return {
    nextMs() {
      const currentMs = delayMs;
      delayMs = Math.min(2 * delayMs, maxMs);
      return currentMs;
    },
    reset() {
      delayMs = firstMs;
    },
  };
}
