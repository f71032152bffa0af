// Entity tags in conditional requests (RFC 9110, sections 8.8.3 and 13.1).

/** `tag` has its quotes. */
type EntityTag = { readonly isWeak: boolean; readonly tag: string };
/** The value of If-Match or If-None-Match: `*`, or a list. */
export type EntityTags = '*' | readonly EntityTag[];

const TAG_PATTERN = /[ \t,]*(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?=,|$)/y;

/** Undefined unless the value is `*` or a list of entity tags. */
export function parseEntityTags(value: string): EntityTags | undefined {
  if (value.trim() === '*') return '*';
  const tags: EntityTag[] = [];
  let end = 0;
  TAG_PATTERN.lastIndex = 0;
  for (let found; (found = TAG_PATTERN.exec(value)); end = TAG_PATTERN.lastIndex)
    tags.push({ isWeak: found[1] !== undefined, tag: found[2] ?? '' });
  return tags.length > 0 && /^[ \t,]*$/.test(value.slice(end)) ? tags : undefined;
}

/** The content codings in which answers are sent, the preferred one first. */
export const CONTENT_CODINGS = ['br', 'gzip'] as const;

/** The tag of the same representation in a content coding, whose bytes are others (RFC 9110, section 8.8.3.3). */
export const addCodingToETag = (tag: string, coding: string): string => `${tag.slice(0, -1)}-${coding}"`;

/** Whether If-Match holds for what has this strong tag; undefined if there is nothing. Weak tags never match. */
export const matchesStrongly = (tags: EntityTags, current: string | undefined): boolean =>
  current !== undefined && (tags === '*' || tags.some(({ isWeak, tag }) => !isWeak && tag === current));

/** Whether If-None-Match names what has this tag; undefined if there is nothing. Weak tags match, too. */
export const matchesWeakly = (tags: EntityTags, current: string | undefined): boolean =>
  current !== undefined && (tags === '*' || tags.some(({ tag }) => tag === current));
