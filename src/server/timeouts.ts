/** How long a server that stops waits for requests in progress before it closes their connections, in milliseconds. */
export const STOP_TIMEOUT_MS = 10_000;
