// From stored bytes to events in the shape that this release uses.
import { AMENDMENT_TYPES } from '../eventsourcing/amendments.js';
import type { RecordedEvent } from '../eventsourcing/message.js';
import { upcast, type Upcasters } from '../eventsourcing/upcasters.js';
import { type Entry, toRecordedEvent } from './entry.js';
import type { Ledger } from './ledger.js';

/**
 * Upcasts the event of an entry. `before` are earlier events of its stream, as far as the caller has them; without those
 * that it amends, a correction keeps the shape that it was recorded with. Throws UnsupportedEventVersionError.
 */
export type EntryUpcaster = (entry: Entry, before: readonly RecordedEvent[]) => RecordedEvent;

export const createEntryUpcaster =
  (upcasters: Upcasters): EntryUpcaster =>
  (entry, before) =>
    // Sealed fields, once there are any, are to be decrypted here: after leaf hashes were checked, before upcasting.
    upcast(toRecordedEvent(entry), upcasters, before);

/** All events of a stream, from its first entry. */
export function upcastEntries(entries: readonly Entry[], read: EntryUpcaster): readonly RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const entry of entries) events.push(read(entry, events));
  return events;
}

/** The event of an entry, read with the events that it amends and no others of its stream. */
export function upcastSingleEntry(ledger: Ledger, entry: Entry, read: EntryUpcaster): RecordedEvent {
  const amended: RecordedEvent[] = [];
  for (let found = findAmendedEntry(ledger, entry); found; found = findAmendedEntry(ledger, found))
    amended.unshift(toRecordedEvent(found));
  return read(entry, amended);
}

/** The entry that an amendment names in its stream; undefined if the entry is no amendment or names none before it. */
export function findAmendedEntry(ledger: Ledger, entry: Entry): Entry | undefined {
  if (!AMENDMENT_TYPES.has(entry.type)) return undefined;
  const amended = findNamedEntry(ledger, toRecordedEvent(entry).data['fact'] as string);
  return amended?.stream === entry.stream && amended.revision < entry.revision ? amended : undefined;
}

/** The entry that an event id or `<stream>@<revision>` names. */
function findNamedEntry(ledger: Ledger, name: string): Entry | undefined {
  const separator = name.lastIndexOf('@');
  return separator === -1
    ? ledger.findById(name.toLowerCase())
    : ledger.readStream(name.slice(0, separator), Number(name.slice(separator + 1)), 1)[0];
}
