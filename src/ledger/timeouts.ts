// Durations of the ledger on one machine. Those of a cluster are in kurrentdb/timeouts.ts.

/** How far recorded times may be ahead of this machine's clock: more than NTP corrects in one step, and no more. */
export const CLOCK_SKEW_MAX_MS = 5_000;

/** After growth, a checkpoint is signed without a request. Short enough for witnesses, long enough for one a second. */
export const SIGN_DELAY_MS = 1_000;

/** How long SQLite waits for a lock on ledger.db, which only a reader from outside can hold for a moment. */
export const BUSY_TIMEOUT_MS = 5_000;
