// Durations of the ledger on one machine. Those of a cluster are in kurrentdb/timeouts.ts.

/** How far recorded times may be ahead of this machine's clock: more than NTP corrects in one step, and no more. */
export const CLOCK_SKEW_MAX_MS = 5_000;

/** After growth, a checkpoint is signed without a request. Short enough for witnesses, long enough for one a second. */
export const SIGN_DELAY_MS = 1_000;

/** How long SQLite waits for a lock on ledger.db, which only another program can hold, briefly. */
export const BUSY_TIMEOUT_MS = 5_000;

/** After how many seconds a client may send again what could not be recorded, by the code of the refusal. */
export const RETRY_AFTER_SECONDS = {
  busy: 1,
  clock: 5,
  'cut-off': 5,
  'disk-full': 5,
  diverged: 60, // until an operator has replaced a copy
  'keys-in-doubt': 5,
  'later-release': 60, // until this node is updated
  'not-signed': 5,
  'outcome-unknown': 5,
  stopping: 1,
} as const;

/** The same while a whole book is being imported. */
export const IMPORT_RETRY_AFTER_SECONDS = 5;
