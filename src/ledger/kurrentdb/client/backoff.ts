/** Delays between attempts: `firstMs`, doubled each time, at most `maxMs`. */
export type BackoffRange = { readonly firstMs: number; readonly maxMs: number };

export interface Backoff {
  /** How long to wait before the next attempt; the one after it waits longer. */
  nextMs(): number;
  /** To be called after a success: the next delay is the first one again. */
  reset(): void;
}

/** Exponential backoff with a cap. */
export function backoff({ firstMs, maxMs }: BackoffRange): Backoff {
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
