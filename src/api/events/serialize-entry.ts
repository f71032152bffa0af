import type { Entry } from '../../ledger/entry.js';

/**
 * An entry as clients see it, as canonical JSON (RFC 8785): a template with the keys in sorted order. Data and metadata
 * are canonical already, and no other member can hold a character that JSON escapes.
 */
export const serializeEntry = (entry: Entry): string =>
  `{"data":${entry.data},"entry":${entry.entry},"id":"${entry.id}","leaf":"${entry.leaf.toString('hex')}","metadata":${entry.metadata},"recordedAt":"${entry.recordedAt}","revision":${entry.revision},"stream":"${entry.stream}","type":"${entry.type}"}`;

/** A page of entries as canonical JSON: `{ entry, items, next }`. */
export const serializeEntryPage = (entry: number, items: readonly Entry[], next: string | null): string =>
  `{"entry":${entry},"items":[${items.map(serializeEntry).join(',')}],"next":${JSON.stringify(next)}}`;
