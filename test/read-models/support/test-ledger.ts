// A ledger.db written entry by entry, without the sequencer, so that a test controls every entry.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { AnyEvent, EventMetadata } from '../../../src/eventsourcing/message.js';
import type { JsonObject } from '../../../src/json/json.js';
import { canonicalJson } from '../../../src/json/canonical-json.js';
import { type Entry, encodeLeaf, hashLeaf } from '../../../src/ledger/entry.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { SCHEMA } from '../../../src/ledger/sqlite/schema.js';
import { TILE_WIDTH } from '../../../src/ledger/merkle/tile.js';
import { MerkleTreeWriter } from '../../../src/ledger/sqlite/sqlite-tile-store.js';
import { withoutTriggers } from '../../ledger/support/without-triggers.js';

export class TestLedger {
  readonly directory = mkdtempSync(join(tmpdir(), 'minutebook-read-models-'));
  readonly file = join(this.directory, 'ledger.db');
  readonly #db = new Database(this.file);
  #tree: MerkleTreeWriter;
  readonly #lastOfStream = new Map<string, { readonly revision: number; readonly leaf: Buffer }>();
  readonly #insertStatement: Database.Statement<unknown[]>;
  #head = 0;

  constructor() {
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma('synchronous = OFF');
    this.#db.exec(SCHEMA);
    this.#tree = new MerkleTreeWriter(this.#db, 0);
    this.#insertStatement = this.#db.prepare(
      `INSERT INTO entries (entry, id, stream, revision, type, recorded_at, data, metadata, previous, leaf)
       VALUES (@entry, @id, @stream, @revision, @type, @recordedAt, @data, @metadata, @previous, @leaf)`,
    );
  }

  /** A ledger of many events: the n-th, from 1, is recorded in the stream that `fact` returns. */
  static create(
    entries: number,
    fact: (n: number) => readonly [stream: string, event: AnyEvent],
  ): TestLedger {
    const book = new TestLedger();
    book.#db.transaction(() => {
      for (let n = 1; n <= entries; n++) book.record(...fact(n));
    })();
    return book;
  }

  get head(): number {
    return this.#head;
  }

  /** Records one event. Returns its entry. */
  record(stream: string, event: AnyEvent): number {
    this.#insert(stream, event, {});
    return this.#head;
  }

  /** Records events together. Returns the entry of the last one. */
  recordGroup(stream: string, events: readonly AnyEvent[]): number {
    this.#db.transaction(() => {
      for (const [index, event] of events.entries())
        this.recordGroupMember(stream, event, index, events.length);
    })();
    return this.#head;
  }

  /** Records one event of a group; the others need not be recorded. */
  recordGroupMember(stream: string, event: AnyEvent, index: number, of: number): number {
    this.#insert(stream, event, { group: { index, of } });
    return this.#head;
  }

  /** Alters stored bytes without the ledger's code. */
  damage(entry: number): void {
    const sql = `UPDATE entries SET data = replace(data, 'o', 'x') || ' ' WHERE entry = ${entry}`;
    withoutTriggers(this.#db, () => this.#db.exec(sql));
  }

  /** Removes the entries after this one, as if the ledger was restored from a backup. */
  truncateAfter(entry: number): void {
    const sql = `DELETE FROM entries WHERE entry > ${entry};
       DELETE FROM tiles WHERE level > 0 OR number >= ${Math.floor(entry / TILE_WIDTH)}`;
    withoutTriggers(this.#db, () => this.#db.exec(sql));
    this.#tree = new MerkleTreeWriter(this.#db, entry);
    this.#lastOfStream.clear();
    for (const { stream, revision, leaf } of this.#db
      .prepare('SELECT stream, max(revision) AS revision, leaf FROM entries GROUP BY stream')
      .all() as Entry[])
      this.#lastOfStream.set(stream, { revision, leaf });
    this.#head = entry;
  }

  open(): SqliteLedger {
    return new SqliteLedger(this.file);
  }

  remove(): void {
    this.#db.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #insert(stream: string, { type, data }: AnyEvent, { group }: Pick<EventMetadata, 'group'>): void {
    const last = this.#lastOfStream.get(stream);
    const entry = this.#head + 1;
    const metadata: JsonObject = {
      actor: 'clerk',
      command: 'note',
      correlationId: `c${entry}`,
      salt: '00',
      ...(group && { group }),
    };
    const line = {
      id: `00000000-0000-5000-8000-${String(entry).padStart(12, '0')}`,
      stream,
      revision: (last?.revision ?? -1) + 1,
      type,
      recordedAt: '2026-11-23T10:00:00.000Z',
      data: canonicalJson(data),
      metadata: canonicalJson(metadata),
      previous: last?.leaf ?? null,
    };
    const leaf = hashLeaf(encodeLeaf(line));
    this.#insertStatement.run({ ...line, entry, leaf });
    this.#tree.push(leaf);
    this.#lastOfStream.set(stream, { revision: line.revision, leaf });
    this.#head = entry;
  }
}
