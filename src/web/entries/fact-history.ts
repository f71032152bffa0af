// A fact of the ledger and what became of it, read as of an entry.
import type { EventMetadata } from '../../eventsourcing/message.js';
import type { JsonObject } from '../../json/json.js';
import type { Entry } from '../../ledger/entry.js';
import type { Ledger } from '../../ledger/ledger.js';

export type RecordedFact = Omit<Entry, 'data' | 'metadata'> & {
  readonly data: JsonObject;
  readonly metadata: EventMetadata;
};
export type FactWithAmendments = {
  readonly fact: RecordedFact;
  /** Corrections, retractions and disputes, in order. */
  readonly amendments: readonly RecordedFact[];
};

export const toRecordedFact = (entry: Entry): RecordedFact => ({
  ...entry,
  data: JSON.parse(entry.data) as JsonObject,
  metadata: JSON.parse(entry.metadata) as EventMetadata,
});

/** Undefined if there is no such entry. Throws DamagedEntryError. */
export function readFactWithAmendments(
  ledger: Ledger,
  number: number,
  until: number,
): FactWithAmendments | undefined {
  const entry = number <= until ? ledger.findByNumber(number) : undefined;
  if (!entry) return undefined;
  const amendments = ledger.findAmendments(entry).filter((amendment) => amendment.entry <= until);
  return { fact: toRecordedFact(entry), amendments: amendments.map(toRecordedFact) };
}

/** The entry of the fact that an amendment is about; undefined if it is none. */
export function findAmendmentTarget(ledger: Ledger, { data }: RecordedFact): number | undefined {
  const { fact } = data;
  if (typeof fact !== 'string') return undefined;
  const separator = fact.lastIndexOf('@');
  return separator === -1
    ? ledger.findById(fact.toLowerCase())?.entry
    : ledger.findStreamEntryNumber(fact.slice(0, separator), Number(fact.slice(separator + 1)));
}
