import { hash } from 'node:crypto';

/** What an answer that is not pinned depends on beside its address. */
export const VARY = 'Accept, Accept-Language, Accept-Datetime, Authorization';

/** A strong ETag of these bytes (RFC 9110, section 8.8.3). */
export const etagOf = (body: string): string => `"${hash('sha256', body, 'base64url').slice(0, 27)}"`;

/** Whether an If-None-Match header names this ETag. */
export const matches = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch.trim() === '*' ||
    ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === etag));
