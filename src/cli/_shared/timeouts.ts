// Durations of the command line.

/** The progress line changes at most this often: a terminal shows no more, and writing costs time. */
export const PROGRESS_INTERVAL_MS = 100;

/** How long a cluster may be silent before a copy gives up: longer than an election of a leader takes. */
export const CLUSTER_TIMEOUT_MS = 15_000;

/** Between two requests for the status of a rebuild. */
export const REBUILD_POLL_INTERVAL_MS = 250;

/** Between two checks of the position of the read model that a replay needs, in this process. */
export const READ_MODEL_POLL_INTERVAL_MS = 100;

/** Between two requests of the demo for a read model that is still being built. */
export const DEMO_POLL_INTERVAL_MS = 1_000;
