import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { formatServerSentEvent } from '../../http/sse-writer.js';
import type { Entry } from '../../ledger/entry.js';
import { type EntryFilter, type EntrySearchResult, Ledger } from '../../ledger/ledger.js';
import { serializeEntry } from './serialize-entry.js';

/** How much of the ledger a feed reads at once: it holds no more than that for a slow client. */
const CHUNK_BYTES_MAX = 128 * 1024;
const CHUNK_ENTRIES_MAX = 100;
/** Bytes of rendered events that are kept for other feeds. */
const CACHE_MAX_BYTES = 8 * 1024 * 1024;

/** Empty if no event up to `position` satisfies the filter. */
type RenderedChunk = { readonly bytes: Uint8Array; readonly position: number };

/** Events as feeds send them. An event that many feeds send is read, rendered and encoded once. */
@Injectable()
export class SseEventRenderer {
  /** By entry. */
  readonly #cache = new LRUCache<number, Buffer>({
    maxSize: CACHE_MAX_BYTES,
    sizeCalculation: (bytes) => bytes.length + 100,
  });

  constructor(private readonly ledger: Ledger) {}

  /** The next events after `after` and up to `upTo` that satisfy the filter, as far as one chunk goes. */
  readChunk(filter: EntryFilter, after: number, upTo: number): RenderedChunk {
    const isFiltered = filter.stream !== undefined || filter.type !== undefined;
    const known = isFiltered ? [] : this.#findRendered(after, upTo);
    if (known.length > 0) return { bytes: Buffer.concat(known), position: after + known.length };
    const { entries, position } = this.#readEntries(filter, after, upTo);
    return { bytes: Buffer.concat(entries.map((entry) => this.#render(entry))), position };
  }

  /** The rendered events that follow an entry without a gap. */
  #findRendered(after: number, upTo: number): readonly Buffer[] {
    const found: Buffer[] = [];
    let length = 0;
    for (let entry = after + 1; entry <= upTo && found.length < CHUNK_ENTRIES_MAX; entry++) {
      const bytes = this.#cache.get(entry);
      if (bytes === undefined) break;
      length += bytes.length;
      if (length > CHUNK_BYTES_MAX && found.length > 0) break;
      found.push(bytes);
    }
    return found;
  }

  #readEntries(filter: EntryFilter, after: number, upTo: number): EntrySearchResult {
    return this.ledger.findEntries(filter, {
      after,
      upTo,
      limit: CHUNK_ENTRIES_MAX,
      maxBytes: CHUNK_BYTES_MAX,
      atLeastOne: true,
    });
  }

  #render(entry: Entry): Buffer {
    const known = this.#cache.get(entry.entry);
    if (known !== undefined) return known;
    const bytes = Buffer.from(formatServerSentEvent({ id: entry.entry, data: serializeEntry(entry) }));
    this.#cache.set(entry.entry, bytes);
    return bytes;
  }
}
