// Books of several nodes, without HTTP, over one KurrentDB.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Book, type BookOptions } from '../../../../src/node/open-node.js';
import { NoteKey } from '../../../../src/ledger/checkpoints/signed-note.js';
import type { Outcome } from '../../../../src/commands/command-handler.js';
import { type Entry, leafBytes, leafHash } from '../../../../src/ledger/entry.js';
import { folder } from '../../support/temporary-directory.js';
import { treeHash } from '../../merkle/support/rfc6962-reference.js';
import { kurrentdb, type Kurrentdb } from '../../../support/kurrentdb/test-kurrentdb.js';
import type { KurrentDouble } from '../../../support/kurrentdb/kurrentdb-double.js';
import { type Read, readNote } from '../../../support/signed-notes.js';

export type NodeOptions = Partial<BookOptions> & {
  /** Whether it has the key that signs; it has, unless this says no. */
  readonly signs?: boolean;
};

export class NodeBook {
  readonly warnings: string[] = [];
  /** With which sentences it would have ended its process. */
  readonly ends: string[] = [];
  book!: Book;

  constructor(readonly directory: string) {}

  at(file: string): string {
    return join(this.directory, file);
  }

  get head(): number {
    return this.book.ledger.head().entry;
  }

  /** Registers a source, under any name by default. */
  record(source = `s${named++}`): Promise<Outcome> {
    return this.book.post(
      { command: 'register-source', data: { source, title: 'A source' } },
      { actor: 'clerk', correlationId: 'c' },
    );
  }
}
let named = 0;

export class Books {
  readonly key = NoteKey.generate('example.org/book');
  readonly #keyFile = join(folder(), 'checkpoint.key');
  readonly #open = new Set<NodeBook>();

  private constructor(readonly server: Kurrentdb) {
    writeFileSync(this.#keyFile, this.key.secret);
  }

  static async start(): Promise<Books> {
    return new Books(await kurrentdb());
  }

  get double(): KurrentDouble {
    return this.server.double!;
  }

  async open({ dataDirectory = folder(), signs = true, ...options }: NodeOptions = {}): Promise<NodeBook> {
    const { connectionString: connection, prefix } = this.server;
    const node = new NodeBook(dataDirectory);
    node.book = await Book.open({
      dataDirectory,
      cluster: { connection, prefix },
      checkpointKeyFile: signs ? this.#keyFile : undefined,
      onLost: (sentence) => node.ends.push(sentence),
      warn: (sentence) => node.warnings.push(sentence),
      ...options,
    });
    this.#open.add(node);
    return node;
  }

  async close(node: NodeBook): Promise<string> {
    this.#open.delete(node);
    await node.book.close();
    return node.directory;
  }

  /** What was signed, in order; each was signed by the book's key. */
  notes(): readonly Read[] {
    const events = this.double.log.stream(`${this.server.prefix}!checkpoints`) ?? [];
    return events.map(({ type, data }) => {
      const { note, key } = JSON.parse(Buffer.from(data).toString()) as { note: string; key: string };
      expect([type, key]).toEqual(['CheckpointSigned', this.key.verifier]);
      return readNote(note, this.key.verifier);
    });
  }

  /** Checks that what was signed grows and is what the book of the node says, by a tree of its own. */
  assertOneHistory({ book }: NodeBook): void {
    const leaves = book.ledger.after(0, 100_000).map(({ leaf }) => leaf);
    let before = 0;
    for (const { size, root, origin } of this.notes()) {
      expect(origin).toBe(this.key.name);
      expect(size).toBeGreaterThan(before);
      expect([size, root]).toEqual([size, treeHash(leaves.slice(0, size))]);
      before = size;
    }
  }

  async remove(): Promise<void> {
    for (const node of [...this.#open]) await this.close(node);
    await this.server.stop();
  }
}

/** Alters an entry of a book that nobody has open, and makes its leaf fit. */
export function forge(directory: string, entry: number): void {
  const db = new Database(join(directory, 'ledger.db'));
  db.exec('DROP TRIGGER entries_are_never_altered');
  const row = db
    .prepare('SELECT *, recorded_at AS recordedAt FROM entries WHERE entry = ?')
    .get(entry) as Entry;
  const data = row.data.replace('A source', 'A forgery');
  const leaf = leafHash(leafBytes({ ...row, data }));
  db.prepare('UPDATE entries SET data = ?, leaf = ? WHERE entry = ?').run(data, leaf, entry);
  db.close();
}
