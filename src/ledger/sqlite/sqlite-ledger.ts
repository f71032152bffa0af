import type Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { openHardenedDatabase } from './open-hardened-database.js';
import { DamagedEntryError, type Entry, getEntrySize } from '../entry.js';
import {
  type EntryFilter,
  type EntrySearch,
  type EntrySearchResult,
  type LedgerHead,
  Ledger,
} from '../ledger.js';
import { MerkleTree } from '../merkle/merkle-tree.js';
import { assertSchemaVersion } from './schema.js';
import { ENTRY_COLUMNS, parseEntryRow, type EntryRow } from './entry-row.js';
import { UnavailableError } from '../sequencer.js';
import {
  getSqliteCode,
  isDamageCode,
  LEDGER_DAMAGED_DETAIL,
  toLedgerUnusableError,
} from './sqlite-errors.js';
import {
  AMENDED_EVENT_REFERENCE_SQL,
  AMENDMENT_CONDITION,
  AMENDMENT_INDEX,
  buildStreamsQuery,
} from './json-indexes.js';
import { SqliteTileStore } from './sqlite-tile-store.js';

/** How many entries `findEntries` examines at most. */
const EXAMINED_ENTRIES_MAX = 1_000;

/** The times of how many entries are kept. */
const RECORDED_TIMES_MAX = 10_000;

/** Which rows to read: those of a clause, up to a size. */
type RowSelection = {
  readonly clause: string;
  readonly parameters: readonly unknown[];
  readonly maxBytes: number;
  readonly atLeastOne: boolean;
};
/** `isCut`: whether there was another row, which would have exceeded the size. */
type SelectedEntries = { readonly entries: Entry[]; readonly isCut: boolean };

/** Opens a ledger file for reading. Throws LedgerUnusableError. */
export function openLedgerFile(file: string): Database.Database {
  try {
    const db = openHardenedDatabase(file, { readonly: true, fileMustExist: true });
    assertSchemaVersion(db);
    return db;
  } catch (error) {
    throw toLedgerUnusableError(file, error);
  }
}

/** The parameters of the clause that selects the amendments of an event. */
const toAmendmentParameters = ({
  stream,
  revision,
  id,
}: Pick<Entry, 'stream' | 'revision' | 'id'>): readonly string[] => [
  stream,
  id,
  `${stream}@${revision}`.toLowerCase(),
];

/** Reads ledger.db. Any number of these may be open, in any thread, beside the one writer. */
export class SqliteLedger extends Ledger {
  readonly tree: MerkleTree;
  #hasAmendmentIndex = false;
  readonly #db: Database.Database;
  #head: LedgerHead = { entry: 0, leaf: null, recordedAt: null };
  /** By entry: reading one takes as long as it is large, and searches by time pass the same ones. */
  readonly #recordedTimes = new LRUCache<number, string>({ max: RECORDED_TIMES_MAX });
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();

  /** `db` is the file as it was opened, if that was done before. Throws LedgerUnusableError. */
  constructor(file: string, db = openLedgerFile(file)) {
    super();
    this.#db = db;
    this.tree = new MerkleTree(new SqliteTileStore(this.#db));
  }

  /** An entry never changes, so it is read and checked when it becomes the last one, and not for each request. */
  getHead(): LedgerHead {
    // Not max(entry), for which the view of an overlay would be read as a whole.
    const last = this.#prepareCached('SELECT entry FROM entries ORDER BY entry DESC LIMIT 1').pluck();
    const entry = this.#read(() => last.get() as number | null) ?? 0;
    if (this.#head.entry === entry) return this.#head;
    const [found] = this.#queryEntries('WHERE entry = ?', entry);
    if (found) this.#head = { entry, leaf: found.leaf, recordedAt: found.recordedAt };
    return this.#head;
  }

  readAfter(entry: number, limit: number, maxBytes = Infinity): Entry[] {
    const clause = 'WHERE entry > ? ORDER BY entry LIMIT ?';
    const { entries } = this.#selectEntries({
      clause,
      parameters: [entry, limit],
      maxBytes,
      atLeastOne: true,
    });
    const gap = entries.findIndex((each, index) => each.entry !== entry + 1 + index);
    if (gap !== -1) throw new DamagedEntryError(entry + 1 + gap, 'is missing');
    return entries;
  }

  findEntries(filter: EntryFilter, search: EntrySearch): EntrySearchResult {
    const { after, upTo, limit, maxBytes, atLeastOne } = search;
    const { stream, type } = filter;
    if (after >= upTo) return { entries: [], position: after };
    const { clause, parameters, order, end } =
      stream === undefined
        ? this.#selectRange(after, upTo, type)
        : this.#selectStreamRange(stream, after, upTo);
    const { entries, isCut } = this.#selectEntries({
      clause: `WHERE ${clause}${type === undefined ? '' : ' AND type = ?'} ORDER BY ${order} LIMIT ?`,
      parameters: [...parameters, ...(type === undefined ? [] : [type]), limit],
      maxBytes,
      atLeastOne,
    });
    const isFull = isCut || entries.length === limit;
    return { entries, position: isFull ? (entries.at(-1)?.entry ?? after) : end };
  }

  findByNumber(entry: number): Entry | undefined {
    const [found] = this.#queryEntries('WHERE entry = ?', entry);
    if (!found && entry >= 1 && entry < this.getHead().entry)
      throw new DamagedEntryError(entry, 'is missing');
    return found;
  }

  findById(id: string): Entry | undefined {
    return this.#queryEntries('WHERE id = ?', id)[0];
  }

  findByRequestKey(key: string): Entry[] {
    return this.#queryEntries('WHERE request_key = ? ORDER BY entry', key);
  }

  readStream(stream: string, fromRevision = 0, limit = -1, maxBytes = Infinity): Entry[] {
    // Most commands start a new stream, and the check for existence costs a tenth of the query for entries.
    const exists = this.#prepareCached('SELECT 1 FROM entries WHERE stream = ? LIMIT 1').pluck();
    if (!this.#read(() => exists.get(stream))) return [];
    const { entries } = this.#selectEntries({
      clause: 'WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?',
      parameters: [stream, fromRevision, limit],
      maxBytes,
      atLeastOne: true,
    });
    let [revision, leaf] = [fromRevision, undefined as Buffer | undefined];
    for (const entry of entries) {
      if (entry.revision !== revision++ || (leaf && !entry.previous?.equals(leaf)))
        throw new DamagedEntryError(entry.entry, 'does not follow the one before it in its stream');
      leaf = entry.leaf;
    }
    return entries;
  }

  findStreamEntryNumber(stream: string, revision: number): number | undefined {
    const statement = this.#prepareCached(
      'SELECT entry FROM entries WHERE stream = ? AND revision = ?',
    ).pluck();
    return statement.get(stream, revision) as number | undefined;
  }

  readStreamByTypes(stream: string, types: Iterable<string>): Entry[] {
    return this.#queryEntries(
      'WHERE stream = ? AND type IN (SELECT value FROM json_each(?)) ORDER BY revision',
      stream,
      JSON.stringify([...types]),
    );
  }

  findAmendments(entry: Entry): Entry[] {
    return this.#queryEntries(this.#amendmentsClause, ...toAmendmentParameters(entry));
  }

  findAmendmentEntryNumbers(event: Pick<Entry, 'stream' | 'revision' | 'id'>): number[] {
    const numbers = this.#prepareCached(`SELECT entry FROM entries ${this.#amendmentsClause}`).pluck();
    return this.#read(() => numbers.all(...toAmendmentParameters(event)) as number[]);
  }

  getStreamRevision(stream: string): number {
    const last = this.#prepareCached(
      'SELECT revision FROM entries WHERE stream = ? ORDER BY revision DESC LIMIT 1',
    ).pluck();
    return this.#read(() => last.get(stream) as number | undefined) ?? -1;
  }

  findStreamsByField(event: string, field: string, value: string): string[] {
    const streams = this.#prepareCached(buildStreamsQuery({ event, field })).pluck();
    return this.#read(() => streams.all({ value }) as string[]);
  }

  findEntryNumberByTime(instant: string): number {
    // recordedAt never decreases, so a binary search needs no index over it.
    let [low, high] = [0, this.getHead().entry];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#getRecordedAt(middle) <= instant) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #getRecordedAt(entry: number): string {
    const known = this.#recordedTimes.get(entry);
    if (known !== undefined) return known;
    const found = this.findByNumber(entry);
    if (!found) throw new DamagedEntryError(entry, 'is missing');
    this.#recordedTimes.set(entry, found.recordedAt);
    return found.recordedAt;
  }

  close(): void {
    this.#db.close();
  }

  /** The entries after `after`; of one type no more than may be examined at once. `end` is the last of them. */
  #selectRange(after: number, upTo: number, type: string | undefined) {
    const end = type === undefined ? upTo : Math.min(upTo, after + EXAMINED_ENTRIES_MAX);
    return { clause: 'entry > ? AND entry <= ?', parameters: [after, end], order: 'entry', end };
  }

  /** The entries of a stream after `after` that may be examined at once. */
  #selectStreamRange(stream: string, after: number, upTo: number) {
    const first = this.#findRevisionAfter(stream, after);
    const next = first + EXAMINED_ENTRIES_MAX;
    const last = this.findStreamEntryNumber(stream, next - 1) ?? upTo;
    return {
      clause: 'stream = ? AND revision >= ? AND revision < ? AND entry <= ?',
      parameters: [stream, first, next, upTo],
      order: 'revision',
      end: Math.min(last, upTo),
    };
  }

  /** The first revision of a stream that a later entry has, by binary search. */
  #findRevisionAfter(stream: string, entry: number): number {
    let [low, high] = [0, this.getStreamRevision(stream) + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.findStreamEntryNumber(stream, middle) ?? 0) > entry) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Reads no row after the one that exceeds the size. */
  #selectEntries({ clause, parameters, maxBytes, atLeastOne }: RowSelection): SelectedEntries {
    if (maxBytes === Infinity) return { entries: this.#queryEntries(clause, ...parameters), isCut: false };
    const entries: Entry[] = [];
    let bytes = 0;
    const rows = this.#prepareCached(`SELECT ${ENTRY_COLUMNS} FROM entries ${clause}`).iterate(...parameters);
    return this.#read(() => {
      for (const row of rows as Iterable<EntryRow>) {
        bytes += getEntrySize(row);
        if (bytes > maxBytes && !(atLeastOne && entries.length === 0)) return { entries, isCut: true };
        entries.push(parseEntryRow(row));
      }
      return { entries, isCut: false };
    });
  }

  get #amendmentsClause(): string {
    return `${this.#amendmentIndexSql} WHERE stream = ? AND ${AMENDMENT_CONDITION} AND ${AMENDED_EVENT_REFERENCE_SQL} IN (?, ?) ORDER BY revision`;
  }

  /**
   * Without it SQLite would read the whole stream, whose index it takes for the better one. A file that no writer has opened
   * in this release has no such index yet, and the view of an overlay has none at all.
   */
  get #amendmentIndexSql(): string {
    this.#hasAmendmentIndex ||=
      this.#prepareCached(`SELECT 1 FROM pragma_index_list('entries') WHERE name = ?`).get(
        AMENDMENT_INDEX,
      ) !== undefined;
    return this.#hasAmendmentIndex ? `INDEXED BY "${AMENDMENT_INDEX}"` : '';
  }

  #queryEntries(clause: string, ...parameters: unknown[]): Entry[] {
    const sql = `SELECT ${ENTRY_COLUMNS} FROM entries ${clause}`;
    const statement = this.#prepareCached(sql);
    return this.#read(() => statement.all(...parameters) as EntryRow[]).map(parseEntryRow);
  }

  /** A damaged page is an error of the ledger, whoever reads it: also the projection of a read model, which is not damaged. */
  #read<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (!isDamageCode(getSqliteCode(error))) throw error;
      throw new UnavailableError('ledger-damaged', LEDGER_DAMAGED_DETAIL);
    }
  }

  #prepareCached(sql: string): Database.Statement<unknown[]> {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
}
