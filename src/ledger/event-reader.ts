// From stored bytes to facts as they read today.
import type { RecordedEvent } from '../eventsourcing/message.js';
import { upcast, type Upcasters } from '../eventsourcing/upcasters.js';
import { type Entry, toRecordedEvent } from './entry.js';

/**
 * What an entry says today. `before` are the facts of its stream before it, as far as they are at hand; without them
 * a correction keeps the shape of its time. Throws UnknownShape.
 */
export type EventReader = (entry: Entry, before: readonly RecordedEvent[]) => RecordedEvent;

export const createEventReader =
  (upcasters: Upcasters): EventReader =>
  (entry, before) =>
    // Sealed fields, once there are any, are opened here: before they are lifted, and after leaves were checked.
    upcast(toRecordedEvent(entry), upcasters, before);

/** All facts of a stream, from its first entry. */
export function readEvents(entries: readonly Entry[], read: EventReader): readonly RecordedEvent[] {
  const facts: RecordedEvent[] = [];
  for (const entry of entries) facts.push(read(entry, facts));
  return facts;
}
