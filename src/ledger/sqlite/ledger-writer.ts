import { getErrorMessage } from '../../errors/get-error-message.js';
import type Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { findClockFault, getLaterTime, assignRecordedAt, isRecordedTime } from '../recorded-time.js';
import { type Entry, encodeLeaf, hashLeaf } from '../entry.js';
import { isLaterPosition, type LoggedEvent, BrokenLogError, type LogPosition } from '../cluster-log.js';
import { MerkleTree } from '../merkle/merkle-tree.js';
import {
  type Append,
  type AppendOutcome,
  type NewEvent,
  createLedgerNotEmptyError,
  ImportRefusedError,
} from '../sequencer.js';
import { BUSY_TIMEOUT_MS } from '../timeouts.js';
import { FileReplacementDetector, listLedgerFiles } from './file-replacement-detector.js';
import { assertNotReplica, LogPositions } from './log-positions.js';
import { openHardenedDatabase } from './open-hardened-database.js';
import { resyncWal } from './resync-wal.js';
import { assertDurabilityPragmas } from './durability-pragmas.js';
import { assertSchemaVersion, SCHEMA, SCHEMA_VERSION } from './schema.js';
import { ENTRY_COLUMNS, type EntryParameters, type EntryRow, parseRequestKey } from './entry-row.js';
import { LedgerUnavailableError } from '../ledger-unusable-error.js';
import { getSqliteCode, findUnavailabilityCode, toLedgerUnusableError } from './sqlite-errors.js';
import { MerkleTreeWriter, SqliteTileStore } from './sqlite-tile-store.js';
import { assertIntact, readVerifiedHead } from './verify-at-open.js';
import { assertDatabaseNotTruncated } from './database-truncation.js';
import {
  formatLostLedger,
  formatUnavailability,
  LedgerStateUnknownError,
  NotWrittenError,
} from './write-errors.js';
import { migrateSchema } from './migrations.js';

type StreamHead = { readonly revision: number; readonly leaf: Buffer | null };

type LedgerWriterOptions = {
  /** Whether the events come from a cluster's log, by `appendLoggedEvents` and not by `commit`. */
  readonly isReplica?: boolean;
  /** Whether appends go on, with the time of the last entry, while that is later than the clock. */
  readonly continuesBehindHead?: boolean;
};

/** Writes ledger.db. There is one instance, in a thread of its own, in the process that holds the directory's lock. */
export class LedgerWriter {
  #db: Database.Database;
  #guard!: FileReplacementDetector;
  #insertEntry!: Database.Statement<EntryParameters>;
  #selectStreamHead!: Database.Statement<[string]>;
  #head = { entry: 0, recordedAt: '' };
  /** Undefined unless this ledger is a replica of a cluster's. */
  #logPositions: LogPositions | undefined;
  #treeWriter!: MerkleTreeWriter;
  /** Heads of streams as of the last committed batch; cleared whenever a batch is not committed. */
  readonly #streamHeads = new LRUCache<string, StreamHead>({ max: 100_000 });

  /** Throws LedgerUnusableError with a sentence if the file is not an intact ledger of this release. */
  constructor(
    private readonly file: string,
    private readonly now: () => number = Date.now,
    private readonly options: LedgerWriterOptions = {},
  ) {
    this.#db = this.#open();
  }

  get head(): number {
    return this.#head.entry;
  }

  /** The position of the last entry in the cluster's log; undefined without entries or without a cluster. */
  get logPosition(): LogPosition | undefined {
    return this.#logPositions?.last;
  }

  /**
   * Decides each append on its own, in order, and commits the accepted ones in one transaction; returns when that is
   * durable. Throws NotWrittenError if nothing was written, LedgerStateUnknownError if that cannot be determined.
   */
  commit(appends: readonly Append[]): AppendOutcome[] {
    const now = this.now();
    const fault = this.options.continuesBehindHead ? undefined : findClockFault(this.#head.recordedAt, now);
    if (fault !== undefined) throw new NotWrittenError('clock', fault);
    try {
      return this.#commitInPlace(() => appends.map((append) => this.#append(append, now)));
    } catch (error) {
      return this.#recoverOutcomes(appends, error);
    }
  }

  /** Writes what changes nothing, to learn whether an append would be written now. Throws as `commit`. */
  probe(): void {
    try {
      this.#commitInPlace(() => this.#db.pragma(`user_version = ${SCHEMA_VERSION}`));
    } catch (error) {
      const reason = this.#reopenAfterFailure(error); // throws what is known
      throw new NotWrittenError('outcome-unknown', `A trial failed (${reason}).`);
    }
  }

  /**
   * Appends events that a cluster's log has after the head, all of them in one transaction; returns when that is durable.
   * Throws BrokenLogError or NotWrittenError if nothing was written, LedgerStateUnknownError if that cannot be determined.
   */
  appendLoggedEvents(events: readonly LoggedEvent[]): void {
    this.#writeAll(events, (event) => this.#writeLoggedEvent(event));
  }

  /**
   * Appends the following entries of another ledger that begins with the entries of this one, all of them in one
   * transaction; returns when that is durable. Each is checked as in an import. Throws ImportRefusedError or
   * NotWrittenError if nothing was written, LedgerStateUnknownError if that cannot be determined.
   */
  appendEntries(entries: readonly Entry[]): void {
    this.#writeAll(entries, (entry) => this.#writeImportedEntry(entry));
  }

  /**
   * Begins the import of another ledger in one transaction, which ends with `commitImport` or `abandonImport`, or with an
   * error of any step: ImportRefusedError, NotWrittenError, LedgerStateUnknownError. A crash before the commit leaves
   * an empty ledger.
   */
  beginImport(): void {
    if (this.#head.entry > 0) throw createLedgerNotEmptyError(this.#head.entry);
    this.#assertInPlace();
    this.#begin();
  }

  importEntries(entries: readonly Entry[]): void {
    try {
      for (const entry of entries) this.#writeImportedEntry(entry);
    } catch (error) {
      this.#handleImportFailure(error);
    }
  }

  /** `root`: that of the tree of all entries, in base64; null if it is not known. */
  commitImport(root: string | null): void {
    const { entry } = this.#head;
    try {
      const found = new MerkleTree(new SqliteTileStore(this.#db)).getRoot(entry).toString('base64');
      if (root !== null && found !== root)
        throw new ImportRefusedError(
          'invalid-export',
          `The tree of the ${entry} entries has the root ${found}, but the export states ${root}: it was altered.`,
          0,
        );
      this.#assertInPlace();
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#handleImportFailure(error, entry);
    }
    this.#assertInPlace();
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)'); // the log holds all entries, and would keep its size
    } catch {
      // Only the size of the log is at stake: the import is durable, and later commits try again.
    }
  }

  abandonImport(): void {
    if (!this.#db.inTransaction) return;
    this.#db.exec('ROLLBACK');
    this.#resetToEmpty();
  }

  /** Moves all entries into the main file, so that a copy of that one file is complete. */
  close(): void {
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // All acknowledged entries are in the log, where the next start finds them.
    }
    this.#db.close();
  }

  #append(append: Append, now: number): AppendOutcome {
    const { stream, expectedRevision, events, requires } = append;
    const head = this.#readStreamHead(stream);
    if (head.revision !== expectedRevision) return { outcome: 'stale' };
    if (requires.some((required) => this.#readStreamHead(required).revision < 0)) return { outcome: 'stale' };

    const last = this.#head.recordedAt;
    const recordedAt = assignRecordedAt(last, now, append.recordedAt);
    if (recordedAt === undefined) return { outcome: 'out-of-time', recordedAt: last || null };
    const entry = this.#head.entry + 1;
    for (const event of events) this.#writeEntry(stream, event, recordedAt);
    return { outcome: 'appended', entry, recordedAt };
  }

  #writeAll<T>(items: readonly T[], write: (item: T) => void): void {
    const { entry } = this.#head;
    try {
      this.#commitInPlace(() => items.forEach(write));
    } catch (error) {
      if (error instanceof BrokenLogError || error instanceof ImportRefusedError) {
        this.#rollBack();
        throw error;
      }
      const reason = this.#reopenAfterFailure(error);
      if (this.#head.entry !== entry + items.length)
        throw new NotWrittenError('outcome-unknown', `The commit failed (${reason}).`);
    }
  }

  #writeLoggedEvent(event: LoggedEvent): void {
    const { stream, revision, position, stampedAt } = event;
    const before = this.#logPositions?.last;
    const following = this.#readStreamHead(stream).revision + 1;
    if (revision !== following)
      throw new BrokenLogError(
        `The cluster's log has ${stream}@${revision} where ${stream}@${following} must follow: events were removed from it, or it is not the log that this node's ledger was built from. Restore the log from a copy.`,
      );
    if (before && !isLaterPosition(position, before))
      throw new BrokenLogError(
        `The cluster's log has ${stream}@${revision} at position ${position.commit}/${position.prepare}, which is not after ${before.commit}/${before.prepare}, where this node's ledger ends: it is another log, or out of order. Check the cluster.`,
      );
    this.#writeEntry(stream, event, getLaterTime(stampedAt, this.#head.recordedAt));
    this.#logPositions?.insert(this.#head.entry, position);
  }

  #writeImportedEntry(entry: Entry): void {
    const { stream, revision, previous, recordedAt } = entry;
    const expected = this.#head.entry + 1;
    const before = this.#readStreamHead(stream);
    const check = (isValid: boolean, what: string): void => {
      if (!isValid) throw new ImportRefusedError('invalid-export', `Entry ${expected} ${what}.`, expected);
    };
    check(entry.entry === expected, `is missing: entry ${entry.entry} is in its place`);
    check(
      revision === before.revision + 1,
      `is ${stream}@${revision}, where ${stream}@${before.revision + 1} must follow`,
    );
    check(
      before.leaf === null ? previous === null : previous !== null && before.leaf.equals(previous),
      `does not name the leaf hash of the entry before it in ${stream} as its previous one`,
    );
    check(isRecordedTime(recordedAt), `was recorded at ${recordedAt}, which is no time of an entry`);
    check(recordedAt >= this.#head.recordedAt, 'was recorded before the entry that it follows');
    this.#writeEntry(stream, { ...entry, requestKey: parseRequestKey(entry.metadata) }, recordedAt);
    check(
      this.#readStreamHead(stream).leaf?.equals(entry.leaf) === true,
      'does not match its leaf hash: it was altered',
    );
  }

  /** Appends one entry to the head. */
  #writeEntry(stream: string, { id, type, data, metadata, requestKey }: NewEvent, recordedAt: string): void {
    const entry = this.#head.entry + 1;
    const { revision: last, leaf: previous } = this.#readStreamHead(stream);
    const revision = last + 1;
    const leaf = hashLeaf(encodeLeaf({ id, stream, revision, type, recordedAt, data, metadata, previous }));
    this.#insertEntry.run(
      entry,
      id,
      stream,
      revision,
      type,
      recordedAt,
      data,
      metadata,
      requestKey,
      previous,
      leaf,
    );
    this.#treeWriter.push(leaf);
    this.#head = { entry, recordedAt };
    this.#streamHeads.set(stream, { revision, leaf });
  }

  #readStreamHead(stream: string): StreamHead {
    const known = this.#streamHeads.get(stream);
    if (known) return known;
    const stored = this.#selectStreamHead.get(stream) as StreamHead | undefined;
    const head = stored ?? { revision: -1, leaf: null };
    this.#streamHeads.set(stream, head);
    return head;
  }

  /** Commits in the files that have their names, and in no others. Throws NotWrittenError, or as #runInTransaction. */
  #commitInPlace<T>(work: () => T): T {
    this.#assertInPlace();
    const committed = this.#runInTransaction(work);
    this.#assertInPlace(); // what was committed into a removed file is not acknowledged
    return committed;
  }

  #assertInPlace(): void {
    const name = this.#guard.findDisplaced();
    if (name !== undefined) throw new NotWrittenError('ledger-lost', formatLostLedger(name));
  }

  /** Nothing is written if it throws: NotWrittenError if that passes without a restart. */
  #begin(): void {
    try {
      this.#db.exec('BEGIN IMMEDIATE');
    } catch (error) {
      const code = findUnavailabilityCode(error);
      if (code === undefined || code === 'disk-full') throw error;
      throw new NotWrittenError(code, formatUnavailability(code));
    }
  }

  /** If it throws, the head is as before, and the transaction may still be open. */
  #runInTransaction<T>(work: () => T): T {
    const before = this.#head;
    try {
      this.#begin();
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#head = before;
      this.#streamHeads.clear();
      throw error;
    }
  }

  #rollBack(): void {
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
    this.#treeWriter = new MerkleTreeWriter(this.#db, this.#head.entry);
  }

  #recoverOutcomes(appends: readonly Append[], error: unknown): AppendOutcome[] {
    const reason = this.#reopenAfterFailure(error);
    const found = appends.map((append) => this.#findAppended(append));
    if (found.every((outcome) => outcome === undefined))
      throw new NotWrittenError(
        'outcome-unknown',
        `The commit failed (${reason}); send the command again with the same key.`,
      );
    return found.map((outcome) => outcome ?? { outcome: 'stale' }); // one transaction: it was not accepted // one transaction: it was not accepted
  }

  /** Returns only if all `entries` turn out to be durable after a failed commit. */
  #handleImportFailure(error: unknown, entries?: number): void {
    this.#resetToEmpty();
    if (error instanceof ImportRefusedError || error instanceof NotWrittenError) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
    const reason = this.#reopenAfterFailure(error);
    if (this.#head.entry !== entries)
      throw new NotWrittenError(
        'outcome-unknown',
        `The import failed (${reason}), and nothing of it was recorded: check the disk and send it again.`,
      );
  }

  /** Restores the state of an empty ledger after a rollback. */
  #resetToEmpty(): void {
    this.#head = { entry: 0, recordedAt: '' };
    this.#streamHeads.clear();
    this.#treeWriter = new MerkleTreeWriter(this.#db, 0);
  }

  /**
   * After SQLITE_FULL nothing was committed: SQLite could not write the commit frame. After any other failure the frame
   * may be in the page cache and not on the disk, and a reopened file would contain it all the same. So entries found
   * on reopening count only once a wal_checkpoint has forced them into the main file. Returns the code of the failure,
   * which clients are shown: messages name files and constraints.
   */
  #reopenAfterFailure(error: unknown): string {
    const reason = getErrorMessage(error);
    if (error instanceof NotWrittenError) {
      this.#rollBack();
      throw error;
    }
    if (getSqliteCode(error) === 'SQLITE_FULL') {
      this.#rollBack();
      throw new NotWrittenError('disk-full', formatUnavailability('disk-full'));
    }
    this.#assertInPlace(); // a file that was removed would be created again, empty
    try {
      this.#db.close();
      this.#db = this.#openOnceUnlocked();
    } catch (again) {
      throw new LedgerStateUnknownError(
        `A commit failed (${reason}) and the ledger could not be brought to a known state afterwards (${getErrorMessage(again)}). Check the disk, then start again: all acknowledged entries are safe.`,
      );
    }
    return getSqliteCode(error) || 'for an unknown reason';
  }

  /** Another program that holds a lock is waited for: it is no reason to give up, and nothing is acknowledged meanwhile. */
  #openOnceUnlocked(): Database.Database {
    for (;;)
      try {
        return this.#open();
      } catch (error) {
        if (!(error instanceof LedgerUnavailableError && error.unavailability === 'busy')) throw error;
      }
  }

  #findAppended({ stream, expectedRevision, events }: Append): AppendOutcome | undefined {
    const stored = this.#db
      .prepare(`SELECT ${ENTRY_COLUMNS} FROM entries WHERE stream = ? AND revision = ?`)
      .get(stream, expectedRevision + 1) as EntryRow | undefined;
    if (!stored || stored.id !== events[0]?.id) return undefined;
    return { outcome: 'appended', entry: stored.entry, recordedAt: stored.recordedAt };
  }

  #open(): Database.Database {
    let db: Database.Database | undefined;
    try {
      assertDatabaseNotTruncated(this.file);
      resyncWal(`${this.file}-wal`);
      db = openHardenedDatabase(this.file, { timeout: BUSY_TIMEOUT_MS });
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      assertDurabilityPragmas(db);
      if (db.pragma('user_version', { simple: true }) === 0)
        db.transaction((fresh: Database.Database) => fresh.exec(SCHEMA))(db);
      migrateSchema(db);
      assertSchemaVersion(db);
      const [{ busy }] = db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
      if (busy)
        throw new LedgerUnavailableError(
          'busy',
          `${this.file} could not be brought up to date: another process is using it.`,
        );
      this.#head = readVerifiedHead(db);
      assertIntact(db);
      if (this.options.isReplica) this.#logPositions = new LogPositions(db, this.#head.entry);
      else assertNotReplica(db);
      this.#treeWriter = new MerkleTreeWriter(db, this.#head.entry);
      this.#insertEntry = db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
      this.#selectStreamHead = db.prepare(
        'SELECT revision, leaf FROM entries WHERE stream = ? ORDER BY revision DESC LIMIT 1',
      );
      this.#guard = new FileReplacementDetector(listLedgerFiles(this.file));
      return db;
    } catch (error) {
      db?.close();
      throw toLedgerUnusableError(this.file, error);
    }
  }
}
