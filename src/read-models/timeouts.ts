// The durations of the read models.

/** Until work that failed for a transient reason (a full disk, a lock) is retried. An operator may have to act first. */
export const RETRY_DELAY_MS = 1_000;

/** How long SQLite waits for a lock. Each file has one writer; only the end of one generation overlaps with the next. */
export const LOCK_WAIT_MS = 1_000;

/** After how many seconds a client may request again a read model whose first generation is being built. */
export const BUILDING_RETRY_AFTER_SECONDS = 5;

/** Between two looks at whether the files that serve are still in place. It costs one system call for each file. */
export const FILE_CHECK_INTERVAL_MS = 1_000;

/** After how long a read model gives way to the others that are behind. It stops between two entries, or groups of them. */
export const TURN_MAX_MS = 200;
