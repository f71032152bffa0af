// What pages show beside their answers: names of what answers show by its id only, and what a fact rests on.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type meetings from '../../projections/meetings/meetings.js';
import type { Citation } from '../eventsourcing/amendments.js';
import { isObject } from '../json/is-object.js';
import type { Ledger } from '../ledger/ledger.js';
import type { ReadModels } from '../read-models/read-models.js';
import type { ItemOf } from './page.js';

type LookupState = { readonly entry: number; readonly day: string; readonly languages: readonly string[] };
type Named = { readonly name?: string | null; readonly title?: string };
type Meeting = ItemOf<typeof meetings, 'calendar'>;

/** Looks up as of the entry and the day of a page, each thing once. Each lookup reads a few rows. */
export class RecordLookup {
  readonly #found = new Map<string, object | undefined>();
  readonly #citations = new Map<number, readonly Citation[]>();

  constructor(
    private readonly readModels: ReadModels,
    private readonly ledger: Ledger,
    private readonly state: LookupState,
  ) {}

  /** Undefined if none is recorded. */
  getOrganizationName(organization: string): string | undefined {
    return this.#find<Named>('organizations', 'organization', organization)?.name ?? undefined;
  }

  /** Undefined if none is recorded. */
  getPersonName(person: string): string | undefined {
    return this.#find<Named>('offices', 'person', person)?.name ?? undefined;
  }

  /** Undefined if the source is not registered. */
  getSourceTitle(source: string): string | undefined {
    return this.#find<Named>('sources', 'source', source)?.title;
  }

  /** Undefined if it is unknown. */
  getMeeting(meeting: string): Meeting | undefined {
    return this.#find<Meeting>('meetings', 'meeting', meeting);
  }

  /** The sources that the fact of an entry names. Throws DamagedEntryError. */
  getCitations(entry: number): readonly Citation[] {
    const known = this.#citations.get(entry) ?? this.#readCitations(entry);
    this.#citations.set(entry, known);
    return known;
  }

  /** Of a correction the sources of the corrected fact. */
  #readCitations(entry: number): readonly Citation[] {
    const data: unknown = JSON.parse(this.ledger.findByNumber(entry)?.data ?? '{}');
    const fact = isObject(data) && isObject(data['with']) ? data['with'] : data;
    return isObject(fact) && Array.isArray(fact['sources']) ? (fact['sources'] as readonly Citation[]) : [];
  }

  #find<T extends object>(model: string, query: string, id: string): T | undefined {
    const key = `${query}:${id}`;
    if (!this.#found.has(key)) this.#found.set(key, this.#query(model, query, id));
    return this.#found.get(key) as T | undefined;
  }

  /** The query is named like the part of the path, and answers at once, since it does not scan. */
  #query(model: string, query: string, id: string): object | undefined {
    const { entry, day, languages } = this.state;
    if (entry > this.readModels.position(model)) return undefined;
    const request = { path: { [query]: id }, filters: {}, day, languages, limit: 1 };
    const found = this.readModels.query<object | undefined>(model, query, request, entry);
    return found instanceof Promise ? undefined : found;
  }
}

export const RecordLookupContext = createContext<RecordLookup | undefined>(undefined);

export const useRecordLookup = (): RecordLookup | undefined => useContext(RecordLookupContext);
