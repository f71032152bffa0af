import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { formatServerSentEvent } from '../../http/sse-writer.js';
import { canonicalJson } from '../../json/canonical-json.js';
import type { Entry } from '../../ledger/entry.js';
import { type EntryFilter, type FoundEntries, Ledger } from '../../ledger/ledger.js';
import { serializeEntry } from './serialize-entry.js';

/** How much of the ledger a feed reads at once: it holds no more than that for a slow client. */
const CHUNK_BYTES_MAX = 128 * 1024;
const CHUNK_ENTRIES_MAX = 100;
/** Characters of rendered events that are kept for other feeds. */
const CACHE_MAX_CHARACTERS = 8 * 1024 * 1024;

/** `text` is empty if no event up to `position` satisfies the filter. */
type RenderedChunk = { readonly text: string; readonly position: number };

/** Events as feeds send them. An event that many feeds send is read and rendered once. */
@Injectable()
export class RenderedEvents {
  /** By entry. */
  readonly #cache = new LRUCache<number, string>({
    maxSize: CACHE_MAX_CHARACTERS,
    sizeCalculation: (text) => text.length + 100,
  });

  constructor(private readonly ledger: Ledger) {}

  /** The next events after `after` and up to `upTo` that satisfy the filter, as far as one chunk goes. */
  readChunk(filter: EntryFilter, after: number, upTo: number): RenderedChunk {
    const isFiltered = filter.stream !== undefined || filter.type !== undefined;
    const known = isFiltered ? [] : this.#findRendered(after, upTo);
    if (known.length > 0) return { text: known.join(''), position: after + known.length };
    const { entries, position } = this.#readEntries(filter, after, upTo);
    return { text: entries.map((entry) => this.#render(entry)).join(''), position };
  }

  /** The rendered events that follow an entry without a gap. */
  #findRendered(after: number, upTo: number): readonly string[] {
    const found: string[] = [];
    let characters = 0;
    for (let entry = after + 1; entry <= upTo && found.length < CHUNK_ENTRIES_MAX; entry++) {
      const text = this.#cache.get(entry);
      if (text === undefined) break;
      characters += text.length;
      if (characters > CHUNK_BYTES_MAX && found.length > 0) break;
      found.push(text);
    }
    return found;
  }

  #readEntries(filter: EntryFilter, after: number, upTo: number): FoundEntries {
    return this.ledger.findEntries(filter, {
      after,
      upTo,
      limit: CHUNK_ENTRIES_MAX,
      maxBytes: CHUNK_BYTES_MAX,
      atLeastOne: true,
    });
  }

  #render(entry: Entry): string {
    const known = this.#cache.get(entry.entry);
    if (known !== undefined) return known;
    const text = formatServerSentEvent({ id: entry.entry, data: canonicalJson(serializeEntry(entry)) });
    this.#cache.set(entry.entry, text);
    return text;
  }
}
