import type { Json } from '../../json/json.js';
import { type Entry, toRecordedEvent } from '../../ledger/entry.js';

/** An entry as clients see it. */
export const serializeEntry = (entry: Entry): Json => ({
  ...toRecordedEvent(entry),
  leaf: entry.leaf.toString('hex'),
});
