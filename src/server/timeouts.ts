/** How long a server that stops waits for requests in progress before it closes their connections, in milliseconds. */
export const STOP_TIMEOUT_MS = 10_000;
/** For how long an idle connection is kept, as the `Keep-Alive` header of each answer says, in milliseconds. */
export const KEEP_ALIVE_TIMEOUT_MS = 60_000;
/**
 * For how much longer an idle connection is really kept, in milliseconds. A client that closes its connections as
 * announced never sends a request into one that this server is closing, which would be a reset without an answer, even
 * if its timers are late: those of undici lose the time in which its event loop is busy. With this much, connections
 * outlive those of the proxies that do not read the header (nginx 60 s, Caddy 120 s).
 */
export const KEEP_ALIVE_GRACE_MS = 120_000;
/** For how long a browser may remember what a page may send here, in seconds. */
export const PREFLIGHT_MAX_AGE_SECONDS = 86_400;
