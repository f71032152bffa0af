// Several nodes, without HTTP, over one KurrentDB.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openNode, type OpenedNode } from '../../../../src/node/open-node.js';
import type { OpenNodeOptions } from '../../../../src/node/open-node-options.js';
import { NoteSigningKey } from '../../../../src/ledger/checkpoints/signed-note.js';
import type { CommandOutcome } from '../../../../src/commands/command-outcome.js';
import { type Entry, encodeLeaf, hashLeaf } from '../../../../src/ledger/entry.js';
import { createTemporaryDirectory } from '../../support/temporary-directory.js';
import { computeRoot } from '../../merkle/support/rfc6962-reference.js';
import { startKurrentDb, type TestKurrentDb } from '../../../support/kurrentdb/test-kurrentdb.js';
import { appendToStream, readStream } from '../../../support/kurrentdb/other-client.js';
import type { KurrentDbDouble } from '../../../support/kurrentdb/kurrentdb-double.js';
import { type VerifiedCheckpoint, verifyCheckpointNote } from '../../../support/checkpoint-note-verifier.js';
import { withoutTriggers } from '../../support/without-triggers.js';

type TestNodeOptions = Partial<OpenNodeOptions> & {
  /** Whether the node has the signing key; true by default. */
  readonly hasSigningKey?: boolean;
};

export class TestNode {
  readonly warnings: string[] = [];
  /** The messages of `onFatal`. */
  readonly fatalMessages: string[] = [];
  opened!: OpenedNode;

  constructor(readonly directory: string) {}

  getPath(file: string): string {
    return join(this.directory, file);
  }

  get head(): number {
    return this.opened.ledger.getHead().entry;
  }

  /** Registers a source, by default under a new name. */
  recordSource(source = `s${nextSource++}`): Promise<CommandOutcome> {
    return this.opened.commandHandler.handle(
      { command: 'register-source', data: { source, title: 'A source' } },
      { actor: 'clerk', correlationId: 'c' },
    );
  }
}
let nextSource = 0;

export class NodeCluster {
  readonly key = NoteSigningKey.generate('example.org/book');
  readonly #keyFile = join(createTemporaryDirectory(), 'checkpoint.key');
  readonly #nodes = new Set<TestNode>();

  private constructor(readonly server: TestKurrentDb) {
    writeFileSync(this.#keyFile, this.key.secret);
  }

  static async start(): Promise<NodeCluster> {
    return new NodeCluster(await startKurrentDb());
  }

  /** Over a server that the caller has started; it is stopped with the nodes. */
  static on(server: TestKurrentDb): NodeCluster {
    return new NodeCluster(server);
  }

  get double(): KurrentDbDouble {
    return this.server.double!;
  }

  async open({
    dataDirectory = createTemporaryDirectory(),
    hasSigningKey = true,
    ...options
  }: TestNodeOptions = {}): Promise<TestNode> {
    const { connectionString: connection, prefix } = this.server;
    const node = new TestNode(dataDirectory);
    node.opened = await openNode({
      dataDirectory,
      cluster: { connection, prefix },
      checkpointKeyFile: hasSigningKey ? this.#keyFile : undefined,
      onFatal: (message) => node.fatalMessages.push(message),
      warn: (message) => node.warnings.push(message),
      ...options,
    });
    this.#nodes.add(node);
    return node;
  }

  async close(node: TestNode): Promise<string> {
    this.#nodes.delete(node);
    await node.opened.close();
    return node.directory;
  }

  /** The signed checkpoints in order, each verified with the public key. */
  async readNotes(): Promise<readonly VerifiedCheckpoint[]> {
    const events = await readStream(this.server.connectionString, `${this.server.prefix}!checkpoints`);
    return events.map(({ type, data }) => {
      const { note, key } = data as { note: string; key: string };
      expect([type, key]).toEqual(['CheckpointSigned', this.key.verifierKey]);
      return verifyCheckpointNote(note, this.key.verifierKey);
    });
  }

  /** Appends to the stream of the checkpoints as another client of the cluster. */
  async appendToCheckpoints(...events: Parameters<typeof appendToStream>[2]): Promise<void> {
    await appendToStream(this.server.connectionString, `${this.server.prefix}!checkpoints`, events);
  }

  /**
   * Checks, with another implementation of the tree, that the checkpoints grow and have the roots of the node's
   * entries.
   */
  async assertOneHistory({ opened }: TestNode): Promise<void> {
    const leaves = opened.ledger.readAfter(0, 100_000).map(({ leaf }) => leaf);
    let before = 0;
    for (const { size, root, origin } of await this.readNotes()) {
      expect(origin).toBe(this.key.name);
      expect(size).toBeGreaterThan(before);
      expect([size, root]).toEqual([size, computeRoot(leaves.slice(0, size))]);
      before = size;
    }
  }

  async remove(): Promise<void> {
    for (const node of [...this.#nodes]) await this.close(node);
    await this.server.stop();
  }
}

/** Alters an entry of a closed ledger, and makes its leaf match. */
export function forgeEntry(directory: string, entry: number): void {
  const db = new Database(join(directory, 'ledger.db'));
  const row = db
    .prepare('SELECT *, recorded_at AS recordedAt FROM entries WHERE entry = ?')
    .get(entry) as Entry;
  const data = row.data.replace('A source', 'A forgery');
  const leaf = hashLeaf(encodeLeaf({ ...row, data }));
  const update = 'UPDATE entries SET data = ?, leaf = ? WHERE entry = ?';
  withoutTriggers(db, () => db.prepare(update).run(data, leaf, entry));
  db.close();
}
