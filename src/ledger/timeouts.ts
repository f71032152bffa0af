// Durations of the ledger on one machine. Those of a cluster are in kurrentdb/timeouts.ts.

/** How far recorded times may be ahead of this machine's clock: more than NTP corrects in one step, and no more. */
export const CLOCK_SKEW_MAX_MS = 5_000;

/** After growth, a checkpoint is signed without a request. Short enough for witnesses, long enough for one a second. */
export const SIGN_DELAY_MS = 1_000;

/** After how many seconds a client may send again what could not be recorded, by the code of the refusal. */
export const RETRY_AFTER_SECONDS = {
  busy: 1,
  clock: 5,
  'cut-off': 5,
  'disk-full': 5,
  diverged: 60, // until an operator has replaced a copy
  'keys-in-doubt': 5,
  'later-release': 60, // until this node is updated
  'ledger-damaged': 60, // until an operator has made a new file
  'ledger-lost': 60, // until an operator has put it back
  'ledger-unavailable': 5,
  'not-signed': 5,
  'outcome-unknown': 5,
  stopping: 1,
} as const;

/** The same while a whole book is being imported. */
export const IMPORT_RETRY_AFTER_SECONDS = 5;

/**
 * How long SQLite waits for a lock on ledger.db, which a backup tool or a database browser may hold. A command is refused
 * as busy afterwards, so its client waits no longer than that.
 */
export const BUSY_TIMEOUT_MS = 2_000;

/** Between two attempts to write to a ledger that could not be written, so that readiness is right without a command. */
export const RECOVERY_INTERVAL_MS = 1_000;

/** How long an import of a whole ledger, which keeps all commands waiting, may receive nothing. */
export const IMPORT_IDLE_TIMEOUT_MS = 30_000;

/** How long a thread may go on with what it does when it is told to end: a batch, a query, a piece of a rebuild. */
export const THREAD_STOP_TIMEOUT_MS = 3_000;

/** How long a thread may take to end when it is terminated; only a call into SQLite or into the text library takes longer. */
export const THREAD_TERMINATE_TIMEOUT_MS = 1_000;
