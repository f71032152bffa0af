// Durations of one node.

/**
 * How long a node that is told to stop still listens, with readiness 503, so that a proxy sends it nothing more: the proxy
 * of docker-compose.yml checks every two seconds, and balances away from it at the first failure.
 */
export const STOP_NOTICE_MS = 2_500;

/** Between two looks at whether the first read models of a new book can be built. */
export const FIRST_BUILD_CHECK_INTERVAL_MS = 200;
