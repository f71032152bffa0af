// The durations of audits.

/** How long a read model may take to reach the audited entry. After that it is compared as of the entry that it has. */
export const READ_MODEL_WAIT_MS = 5_000;

/** Between two progress messages of one phase, for a person who watches. */
export const AUDIT_PROGRESS_INTERVAL_MS = 100;

/** How long SQLite waits for a lock of the file that serves, which its writer holds for one batch. */
export const LIVE_FILE_LOCK_WAIT_MS = 1_000;
