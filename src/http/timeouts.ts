// The durations of the wire, in milliseconds.

/** Interval of comments in a silent event stream, so that proxies keep the connection. */
export const SSE_HEARTBEAT_INTERVAL_MS = 15_000;

/** For how long all requests together may work in one turn of the event loop, before others are answered. */
export const WORK_PER_TURN_MS = 10;

/** How long the client of an answer may take nothing of it, before its connection is closed. */
export const WRITE_TIMEOUT_MS = 60_000;

/** How long the headers of a request may take. */
export const HEADERS_TIMEOUT_MS = 30_000;
/** How often connections are checked for late headers. */
export const HEADERS_CHECK_INTERVAL_MS = 5_000;
/** How long the body of a request with one command may take. */
export const BODY_TIMEOUT_MS = 60_000;
/** A body of any length ends after one to two of these without a byte. */
export const BODY_IDLE_CHECK_INTERVAL_MS = 25_000;
/** How long a connection may transfer nothing in either direction, while it waits for an answer or a client for the next part of one. */
export const CONNECTION_IDLE_TIMEOUT_MS = 120_000;

/** After how many seconds a client may send again what this node refuses because it is busy, cannot answer yet, or stops. */
export const RETRY_SOON_SECONDS = 1;
