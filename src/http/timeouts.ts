/** Interval of comments in a silent event stream, so that proxies keep the connection, in milliseconds. */
export const SSE_HEARTBEAT_INTERVAL_MS = 15_000;
