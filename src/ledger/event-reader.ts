// From stored bytes to events in the shape that this release uses.
import type { RecordedEvent } from '../eventsourcing/message.js';
import { upcast, type Upcasters } from '../eventsourcing/upcasters.js';
import { type Entry, toRecordedEvent } from './entry.js';

/**
 * Upcasts the event of an entry. `before` are the earlier events of its stream, as far as the caller has them; without
 * them a correction keeps the shape that it was recorded with. Throws UnsupportedEventVersionError.
 */
export type EventReader = (entry: Entry, before: readonly RecordedEvent[]) => RecordedEvent;

export const createEventReader =
  (upcasters: Upcasters): EventReader =>
  (entry, before) =>
    // Sealed fields, once there are any, are to be decrypted here: after leaf hashes were checked, before upcasting.
    upcast(toRecordedEvent(entry), upcasters, before);

/** All events of a stream, from its first entry. */
export function readEvents(entries: readonly Entry[], read: EventReader): readonly RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const entry of entries) events.push(read(entry, events));
  return events;
}
