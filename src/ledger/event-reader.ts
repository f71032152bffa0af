// From stored bytes to facts as they read today.
import type { Recorded } from '../eventsourcing/message.js';
import { upcast, type Upcasters } from '../eventsourcing/upcasters.js';
import { type Entry, recorded } from './entry.js';

/**
 * What an entry says today. `before` are the facts of its stream before it, as far as they are at hand; without them
 * a correction keeps the shape of its time. Throws UnknownShape.
 */
export type Read = (entry: Entry, before: readonly Recorded[]) => Recorded;

export const reading =
  (upcasters: Upcasters): Read =>
  (entry, before) =>
    // Sealed fields, once there are any, are opened here: before they are lifted, and after leaves were checked.
    upcast(recorded(entry), upcasters, before);

/** All facts of a stream, from its first entry. */
export function readStream(entries: readonly Entry[], read: Read): readonly Recorded[] {
  const facts: Recorded[] = [];
  for (const entry of entries) facts.push(read(entry, facts));
  return facts;
}
