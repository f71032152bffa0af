import Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { ApplicationError } from '../../errors/application-error.js';
import { findClockFault, getLaterTime, assignRecordedAt } from '../clock.js';
import { DamagedEntryError, type Entry, encodeLeaf, hashLeaf } from '../entry.js';
import { isLaterPosition, type LoggedEvent, BrokenLogError, type LogPosition } from '../cluster-log.js';
import { MerkleTree } from '../merkle/merkle-tree.js';
import {
  type Append,
  type AppendOutcome,
  type NewEvent,
  createBookNotEmptyError,
  ImportRefusedError,
} from '../sequencer.js';
import { assertNotReplica, LogPositions } from './log-positions.js';
import { resyncWal } from './resync-wal.js';
import {
  assertDurable,
  assertSchema,
  ENTRY_COLUMNS,
  parseEntryRow,
  type EntryRow,
  LedgerUnusableError,
  parseRequestKey,
  SCHEMA,
  getSqliteCode,
  toLedgerUnusableError,
} from './schema.js';
import { TreeWriter, SqliteTileStore } from './sqlite-tile-store.js';
import { assertNotTruncated } from './wal-integrity.js';
import { migrateSchema } from './migrations.js';

/** How many of the last entries are checked when a ledger is opened; all of them is the work of an audit. */
const ENTRIES_CHECKED_AT_OPEN = 1_000;

/** Nothing of a batch was written, and for what reason. */
export class NotWrittenError extends ApplicationError {
  constructor(
    readonly code: 'disk-full' | 'clock' | 'outcome-unknown',
    message: string,
  ) {
    super(message);
  }
}

/**
 * A commit failed in a way that leaves open what is on disk, and it could not be found out. The process must end:
 * SQLite would go on with pages that may never have reached the disk.
 */
export class LedgerLostError extends ApplicationError {
  readonly code = 'ledger-lost';
}

type StreamHead = { readonly revision: number; readonly leaf: Buffer | null };
type EntryParameters = [
  number,
  string,
  string,
  number,
  string,
  string,
  string,
  string,
  string | null,
  Buffer | null,
  Buffer,
];

/** ledger.db, written. There is one, in a thread of its own, in the process that holds the directory's lock. */
export class LedgerWriter {
  #db: Database.Database;
  #insertEntry!: Database.Statement<EntryParameters>;
  #selectStreamHead!: Database.Statement<[string]>;
  #head = { entry: 0, recordedAt: '' };
  /** Undefined if this ledger orders its facts itself. */
  #logPositions: LogPositions | undefined;
  #treeWriter!: TreeWriter;
  /** Heads of streams, each as of the last committed batch; emptied whenever a batch is not committed. */
  readonly #streamHeads = new LRUCache<string, StreamHead>({ max: 100_000 });

  /** Throws LedgerUnusable with a sentence if the file is not a whole ledger of this release. */
  constructor(
    private readonly file: string,
    private readonly now: () => number = Date.now,
    /** Whether the facts come from a cluster's log, by `follow` and not by `commit`. */
    private readonly isReplica = false,
  ) {
    this.#db = this.#open();
  }

  get head(): number {
    return this.#head.entry;
  }

  /** In the cluster's log, of the last entry; undefined if there is none, or no cluster. */
  get logPosition(): LogPosition | undefined {
    return this.#logPositions?.last;
  }

  /**
   * Takes each append on its own, in order, and commits what was accepted in one transaction; returns when that is
   * on disk. Throws NotWritten if none of it was recorded, LedgerLost if that cannot be found out.
   */
  commit(appends: readonly Append[]): AppendOutcome[] {
    const now = this.now();
    const fault = findClockFault(this.#head.recordedAt, now);
    if (fault !== undefined) throw new NotWrittenError('clock', fault);
    try {
      return this.#runInTransaction(() => appends.map((append) => this.#append(append, now)));
    } catch (error) {
      return this.#recoverOutcomes(appends, error);
    }
  }

  /**
   * Takes what a cluster's log has after the head, all of it in one transaction; returns when that is on disk. Throws
   * LogNotWhole, NotWritten if none of it was taken, LedgerLost if that cannot be found out.
   */
  appendLoggedEvents(events: readonly LoggedEvent[]): void {
    this.#writeAll(events, (event) => this.#writeLoggedEvent(event));
  }

  /**
   * Takes the entries of another book that begins as this one is, all of them in one transaction; returns when that is
   * on disk. Each must follow, as in a book that is taken over. Throws NotTakenOver or NotWritten if none of it was
   * taken, LedgerLost if that cannot be found out.
   */
  appendEntries(entries: readonly Entry[]): void {
    const now = this.now();
    this.#writeAll(entries, (entry) => this.#writeImportedEntry(entry, now));
  }

  /**
   * Begins to take another book over, in one transaction that ends with `commitTakeOver` or `abandonTakeOver`, or with
   * what any step throws: NotTakenOver, NotWritten, LedgerLost. Nothing is there until it is committed.
   */
  beginImport(): void {
    if (this.#head.entry > 0) throw createBookNotEmptyError(this.#head.entry);
    this.#db.exec('BEGIN IMMEDIATE');
  }

  importEntries(entries: readonly Entry[]): void {
    try {
      for (const entry of entries) this.#writeImportedEntry(entry, this.now());
    } catch (error) {
      this.#handleImportFailure(error);
    }
  }

  /** `root`: of the tree of all entries, in base64; null if nobody knows. */
  commitImport(root: string | null): void {
    const { entry } = this.#head;
    try {
      const found = new MerkleTree(new SqliteTileStore(this.#db)).getRoot(entry).toString('base64');
      if (root !== null && found !== root)
        throw new ImportRefusedError(
          'invalid-export',
          `The tree of the ${entry} entries has the root ${found}, and not ${root} as the export says: it was altered.`,
          0,
        );
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#handleImportFailure(error, entry);
    }
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)'); // the log holds the whole book, and would keep its size
    } catch {
      // a matter of space only: it is durable as it is, and later commits try again
    }
  }

  abandonImport(): void {
    if (!this.#db.inTransaction) return;
    this.#db.exec('ROLLBACK');
    this.#resetToEmpty();
  }

  /** Leaves all of the book in its main file, so that a copy of that one file is whole. */
  close(): void {
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // What was acknowledged is in the log, and the next start finds it there.
    }
    this.#db.close();
  }

  #append(append: Append, now: number): AppendOutcome {
    const { stream, expectedRevision, events, requires } = append;
    const head = this.#readStreamHead(stream);
    if (head.revision !== expectedRevision) return { outcome: 'moved-on' };
    if (requires.some((required) => this.#readStreamHead(required).revision < 0))
      return { outcome: 'moved-on' };

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
      this.#runInTransaction(() => items.forEach(write));
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
        `The cluster's log has ${stream}@${revision} where ${stream}@${following} must follow: events were removed from it, or it is another log than this node's ledger was made of. Restore it from a copy.`,
      );
    if (before && !isLaterPosition(position, before))
      throw new BrokenLogError(
        `The cluster's log has ${stream}@${revision} at position ${position.commit}/${position.prepare}, which is not after ${before.commit}/${before.prepare}, where this node's ledger ends: it is another log, or out of order. Check the cluster.`,
      );
    this.#writeEntry(stream, event, getLaterTime(stampedAt, this.#head.recordedAt));
    this.#logPositions?.insert(this.#head.entry, position);
  }

  #writeImportedEntry(entry: Entry, now: number): void {
    const { stream, revision, previous, recordedAt } = entry;
    const expected = this.#head.entry + 1;
    const before = this.#readStreamHead(stream);
    const check = (fits: boolean, what: string): void => {
      if (!fits) throw new ImportRefusedError('invalid-export', `Entry ${expected} ${what}.`, expected);
    };
    check(entry.entry === expected, `is missing: entry ${entry.entry} stands in its place`);
    check(
      revision === before.revision + 1,
      `is ${stream}@${revision}, where ${stream}@${before.revision + 1} must follow`,
    );
    check(
      before.leaf === null ? previous === null : previous !== null && before.leaf.equals(previous),
      `does not name the leaf of the entry before it in ${stream} as its previous one`,
    );
    check(recordedAt >= this.#head.recordedAt, 'was recorded before the entry that it follows');
    check(
      findClockFault(recordedAt, now) === undefined,
      `was recorded at ${recordedAt}, which this machine's clock has not reached: set the clock right`,
    );
    this.#writeEntry(stream, { ...entry, requestKey: parseRequestKey(entry.metadata) }, recordedAt);
    check(
      this.#readStreamHead(stream).leaf?.equals(entry.leaf) === true,
      'does not match its leaf hash: it was altered',
    );
  }

  /** Writes one entry behind the head. */
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

  /** If it throws, the head is as it was before, and the transaction may still be open. */
  #runInTransaction<T>(work: () => T): T {
    const before = this.#head;
    try {
      this.#db.exec('BEGIN IMMEDIATE');
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
    this.#treeWriter = new TreeWriter(this.#db, this.#head.entry);
  }

  #recoverOutcomes(appends: readonly Append[], error: unknown): AppendOutcome[] {
    const reason = this.#reopenAfterFailure(error);
    const found = appends.map((append) => this.#findAppended(append));
    if (found.every((outcome) => outcome === undefined))
      throw new NotWrittenError(
        'outcome-unknown',
        `The commit failed (${reason}); send the command again with the same key.`,
      );
    return found.map((outcome) => outcome ?? { outcome: 'moved-on' });
  }

  /** Returns only if all `entries` turn out to be there after a commit that failed. */
  #handleImportFailure(error: unknown, entries?: number): void {
    this.#resetToEmpty();
    if (error instanceof ImportRefusedError) {
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

  /** What was written since the book was empty is not there. */
  #resetToEmpty(): void {
    this.#head = { entry: 0, recordedAt: '' };
    this.#streamHeads.clear();
    this.#treeWriter = new TreeWriter(this.#db, 0);
  }

  /**
   * A full disk leaves nothing behind: SQLite could not write the frame that commits. After any other failure the
   * frame may be in the page cache and not on the disk, and a reopened file would show it all the same. So what is
   * found on reopening counts only once a checkpoint has forced it into the main file. Returns why it failed.
   */
  #reopenAfterFailure(error: unknown): string {
    const reason = error instanceof Error ? error.message : String(error);
    if (getSqliteCode(error) === 'SQLITE_FULL') {
      this.#rollBack();
      throw new NotWrittenError(
        'disk-full',
        'The disk is full: free some space, then send the command again.',
      );
    }
    try {
      this.#db.close();
      this.#db = this.#open();
    } catch (again) {
      throw new LedgerLostError(
        `A commit failed (${reason}) and the ledger could not be brought to a known state after it (${again instanceof Error ? again.message : String(again)}). Check the disk, then start again: what was acknowledged is safe.`,
      );
    }
    return reason;
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
      assertNotTruncated(this.file);
      resyncWal(`${this.file}-wal`);
      db = new Database(this.file);
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      db.pragma('busy_timeout = 5000');
      assertDurable(db);
      if (db.pragma('user_version', { simple: true }) === 0)
        db.transaction((fresh: Database.Database) => fresh.exec(SCHEMA))(db);
      migrateSchema(db);
      assertSchema(db);
      const [{ busy }] = db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
      if (busy)
        throw new LedgerUnusableError(
          `${this.file} could not be brought up to date: another process is using it.`,
        );
      this.#head = readVerifiedHead(db);
      if (this.isReplica) this.#logPositions = new LogPositions(db, this.#head.entry);
      else assertNotReplica(db);
      this.#treeWriter = new TreeWriter(db, this.#head.entry);
      this.#insertEntry = db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
      this.#selectStreamHead = db.prepare(
        'SELECT revision, leaf FROM entries WHERE stream = ? ORDER BY revision DESC LIMIT 1',
      );
      return db;
    } catch (error) {
      db?.close();
      throw toLedgerUnusableError(this.file, error);
    }
  }
}

/** The head, after the last entries were found whole and without gaps. */
function readVerifiedHead(db: Database.Database): { entry: number; recordedAt: string } {
  const rows = db
    .prepare(`SELECT ${ENTRY_COLUMNS} FROM entries ORDER BY entry DESC LIMIT ?`)
    .all(ENTRIES_CHECKED_AT_OPEN) as EntryRow[];
  const last = rows[0];
  if (!last) return { entry: 0, recordedAt: '' };
  const expected = Math.min(last.entry, ENTRIES_CHECKED_AT_OPEN);
  for (let index = 0; index < expected; index++) {
    const row = rows[index];
    if (row?.entry !== last.entry - index)
      throw new LedgerUnusableError(`${db.name} lacks entry ${last.entry - index}: restore it from a copy.`);
    try {
      parseEntryRow(row);
    } catch (error) {
      if (error instanceof DamagedEntryError)
        throw new LedgerUnusableError(`${db.name}: ${error.message} Restore it from a copy.`);
      throw error;
    }
  }
  return last;
}
