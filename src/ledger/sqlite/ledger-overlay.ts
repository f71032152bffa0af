import type Database from 'better-sqlite3';
import { assignRecordedAt, findClockFault } from '../recorded-time.js';
import { encodeLeaf, hashLeaf } from '../entry.js';
import type { Ledger } from '../ledger.js';
import { type Append, type AppendOutcome, type NewEvent, UnavailableError } from '../sequencer.js';
import { buildCreateIndexStatements, type IndexedField } from './json-indexes.js';
import { getSqliteCode } from './sqlite-errors.js';
import { openLedgerFile, SqliteLedger } from './sqlite-ledger.js';

type LedgerOverlayOptions = {
  readonly indexedFields?: readonly IndexedField[];
  /** See Configuration. */
  readonly continuesBehindHead?: boolean;
  readonly now?: () => number;
};

/** The entries of the overlay alone. */
const ADDED_ENTRIES = 'added_entries';
const COLUMNS = 'entry, id, stream, revision, type, recorded_at, data, metadata, request_key, previous, leaf';

/**
 * The ledger as of the moment when this is opened, and further entries that only its own reader reads: what the
 * sequencer would have recorded. They are in a temporary table, which SQLite keeps in memory while it is small, writes to
 * the temporary directory once it is not, and removes with the connection, also after a crash.
 */
export class LedgerOverlay {
  readonly ledger: Ledger;
  readonly #insertEntry: Database.Statement;
  readonly #selectLeaf: Database.Statement;
  readonly #options: LedgerOverlayOptions;

  /** Throws LedgerUnusableError. */
  constructor(file: string, options: LedgerOverlayOptions = {}) {
    this.#options = options;
    const db = openLedgerFile(file);
    addEntries(db, options.indexedFields ?? []);
    this.ledger = new SqliteLedger(file, db);
    const values = COLUMNS.split(', ').map(() => '?');
    this.#insertEntry = db.prepare(`INSERT INTO ${ADDED_ENTRIES} (${COLUMNS}) VALUES (${values.join(', ')})`);
    this.#selectLeaf = db.prepare('SELECT leaf FROM entries WHERE stream = ? AND revision = ?').pluck();
  }

  /** As Sequencer.append, but the entries are never durable. Rejects with UnavailableError. */
  append(append: Append): Promise<AppendOutcome> {
    try {
      return Promise.resolve(this.#append(append));
    } catch (error) {
      const isFull = getSqliteCode(error) === 'SQLITE_FULL';
      return Promise.reject(
        isFull
          ? new UnavailableError('disk-full', 'The temporary directory of the server is full.')
          : (error as Error),
      );
    }
  }

  close(): void {
    this.ledger.close();
  }

  #append({ stream, expectedRevision, events, requires, recordedAt }: Append): AppendOutcome {
    const { now = Date.now, continuesBehindHead = false } = this.#options;
    const head = this.ledger.getHead();
    const last = head.recordedAt ?? '';
    const fault = continuesBehindHead ? undefined : findClockFault(last, now());
    if (fault !== undefined) throw new UnavailableError('clock', fault);
    const isStale =
      this.ledger.getStreamRevision(stream) !== expectedRevision ||
      requires.some((required) => this.ledger.getStreamRevision(required) < 0);
    if (isStale) return { outcome: 'stale' };
    const time = assignRecordedAt(last, now(), recordedAt);
    if (time === undefined) return { outcome: 'out-of-time', recordedAt: head.recordedAt };
    const entry = head.entry + 1;
    for (const [index, event] of events.entries())
      this.#writeEntry(event, { entry: entry + index, stream, revision: expectedRevision + 1 + index, time });
    return { outcome: 'appended', entry, recordedAt: time };
  }

  #writeEntry(
    { id, type, data, metadata, requestKey }: NewEvent,
    { entry, stream, revision, time }: EntryPlace,
  ): void {
    const previous = (this.#selectLeaf.get(stream, revision - 1) as Buffer | undefined) ?? null;
    const leaf = hashLeaf(
      encodeLeaf({ id, stream, revision, type, recordedAt: time, data, metadata, previous }),
    );
    this.#insertEntry.run(
      ...[entry, id, stream, revision, type, time, data, metadata, requestKey, previous, leaf],
    );
  }
}

type EntryPlace = {
  readonly entry: number;
  readonly stream: string;
  readonly revision: number;
  readonly time: string;
};

/** Puts a view of both before the table of the entries: SQLite looks an unqualified name up among the temporary ones first. */
function addEntries(db: Database.Database, indexedFields: readonly IndexedField[]): void {
  // A file for the journal of each append would cost more than the append.
  db.pragma('temp.journal_mode = MEMORY');
  const head = Number(db.prepare('SELECT max(entry) FROM entries').pluck().get() ?? 0);
  db.exec(`
    CREATE TEMP TABLE ${ADDED_ENTRIES} AS SELECT ${COLUMNS} FROM main.entries LIMIT 0;
    CREATE UNIQUE INDEX temp.added_entries_by_number ON ${ADDED_ENTRIES} (entry);
    CREATE UNIQUE INDEX temp.added_entries_of_stream ON ${ADDED_ENTRIES} (stream, revision);
    CREATE INDEX temp.added_entries_by_id ON ${ADDED_ENTRIES} (id);
    CREATE INDEX temp.added_entries_by_request ON ${ADDED_ENTRIES} (request_key);
    CREATE TEMP VIEW entries AS
      SELECT ${COLUMNS} FROM main.entries WHERE entry <= ${head}
      UNION ALL SELECT ${COLUMNS} FROM temp.${ADDED_ENTRIES};
  `);
  for (const sql of buildCreateIndexStatements(indexedFields, ADDED_ENTRIES))
    db.exec(sql.replace('CREATE INDEX', 'CREATE INDEX temp.'));
}
