// The durations of the HTTP interface.

/** How long a GET waits for an entry that it requires. A client that must wait longer can retry. */
export const ENTRY_TIMEOUT_MS = 5_000;
/** How long a recorded command waits for the read models, so that a GET that follows shows what was recorded. */
export const READ_MODELS_TIMEOUT_MS = 2_000;
/** How long the answer to NDJSON commands waits for the first line: a client may want its headers before it sends. */
export const FIRST_LINE_TIMEOUT_MS = 250;
/** How long the end of an NDJSON answer waits for the end of the request. */
export const BODY_DRAIN_TIMEOUT_MS = 5_000;
/** The same if the API key was revoked meanwhile: whoever has it should not keep the connection. */
export const REVOKED_BODY_DRAIN_TIMEOUT_MS = 1_000;
/** How often the keys of requests that are still being answered are checked. */
export const CREDENTIAL_CHECK_INTERVAL_MS = 2_000;
/** How often a live feed sends what was recorded meanwhile. */
export const FEED_INTERVAL_MS = 20;
/** After which time the client of an event stream reconnects. */
export const RECONNECT_DELAY_MS = 1_000;
/** After how many seconds a client may try again to open an event stream or an export, once there are too many. */
export const STREAM_RETRY_SECONDS = 30;
