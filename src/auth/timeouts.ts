// Durations of access tokens and of the requests to their issuer.

/** How far the clock of the issuer may be from this machine's: what NTP leaves, and no longer use of an expired token. */
export const TOKEN_CLOCK_SKEW_SECONDS = 10;

/** How long a verified token is trusted without a look at the issuer's keys, which may have been replaced meanwhile. */
export const VERIFIED_TOKEN_MAX_AGE_MS = 60_000;

/** How long the issuer may take for an answer, while the client waits. */
export const ISSUER_TIMEOUT_MS = 5_000;

/** How long an issuer that did not answer is not asked again, so that clients are refused at once. */
export const ISSUER_RETRY_DELAY_MS = 2_000;

/** After how many seconds a client may try again when the issuer could not be reached. */
export const ISSUER_RETRY_SECONDS = 5;

/** How long the issuer's keys are used: a key that the issuer has withdrawn is refused after that at the latest. */
export const ISSUER_KEYS_MAX_AGE_MS = 600_000;

/** Between two requests for keys because of a token that names an unknown one: any client may send such tokens. */
export const ISSUER_KEYS_COOLDOWN_MS = 10_000;

/** How long the issuer's metadata are used, which say where its keys are. */
export const ISSUER_METADATA_MAX_AGE_MS = 3_600_000;
