// The durations of the HTTP interface.

/** How long a GET waits for an entry that it requires. A client that must wait longer can retry. */
export const ENTRY_TIMEOUT_MS = 5_000;
/** How long a recorded command waits for the read models, so that a GET that follows shows what was recorded. */
export const READ_MODELS_TIMEOUT_MS = 2_000;
/** How long the answer to NDJSON commands waits for the first line: a client may want its headers before it sends. */
export const FIRST_LINE_TIMEOUT_MS = 250;
/** How long the end of an NDJSON answer waits for the end of the request. */
export const REQUEST_END_TIMEOUT_MS = 5_000;
/** After which time the client of an event stream reconnects. */
export const RECONNECT_DELAY_MS = 1_000;
/** After how many seconds a client may send again what this node cannot answer yet, or no more because it stops. */
export const RETRY_SOON_SECONDS = 1;
