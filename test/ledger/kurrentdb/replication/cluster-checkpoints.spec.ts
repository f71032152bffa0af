// The checkpoints that several nodes sign cover one history.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NoteSigningKey } from '../../../../src/ledger/checkpoints/signed-note.js';
import { CheckpointFile } from '../../../../src/ledger/checkpoints/checkpoint-files.js';
import { signCheckpoint } from '../../../../src/ledger/checkpoints/checkpoint.js';
import { ClusterCheckpoints } from '../../../../src/ledger/kurrentdb/replication/cluster-checkpoints.js';
import { createAppend } from '../../support/create-append.js';
import { createTemporaryDirectory } from '../../support/temporary-directory.js';
import { ClusterFixture } from '../../support/cluster-fixture.js';
import {
  type BreakableLine,
  openBreakableLine,
  startDouble,
} from '../../../support/kurrentdb/test-kurrentdb.js';
import type { KurrentDbDouble } from '../../../support/kurrentdb/kurrentdb-double.js';
import { createProposedEvent } from '../../../support/kurrentdb/transaction-log.js';
import { verifyCheckpointNote } from '../../../support/checkpoint-note-verifier.js';
import { waitUntil } from '../../../support/wait-until.js';
import { NodeCluster } from '../support/node-cluster.js';

describe('ClusterCheckpoints', () => {
  let books: NodeCluster;
  beforeEach(async () => {
    books = await NodeCluster.start();
  });
  afterEach(() => books.remove());
  const openOver = ({ connectionString: connection }: BreakableLine) =>
    books.open({ cluster: { connection, prefix: books.server.prefix } });

  it('never signs contradictory checkpoints, also when all nodes sign at the same time', async () => {
    const nodes = await Promise.all([books.open(), books.open(), books.open()]);
    for (let round = 0; round < 8; round++) {
      await Promise.all(nodes.map((node) => node.recordSource()));
      const notes = await Promise.all(nodes.map(({ opened, head }) => opened.checkpoints.getCovering(head)));
      for (const { note, size } of notes)
        expect(verifyCheckpointNote(note, books.key.verifierKey)).toMatchObject({ size });
    }
    for (const node of nodes) {
      await waitUntil(() => node.head === 24);
      expect((await node.opened.checkpoints.getCovering(24)).size).toBe(24);
      await books.assertOneHistory(node);
      expect([node.warnings, node.fatalMessages, node.opened.checkpoints.fault]).toEqual([[], [], undefined]);
    }
    expect((await books.readNotes()).at(-1)!.size).toBe(24);
  });

  it('signs without a request, and every node stores the checkpoint in its file', async () => {
    const [one, other] = [await books.open(), await books.open({ hasSigningKey: false })];
    await one.recordSource();
    await waitUntil(() => existsSync(other.getPath('checkpoint')));
    expect(
      verifyCheckpointNote(readFileSync(other.getPath('checkpoint'), 'utf8'), books.key.verifierKey).size,
    ).toBe(1);
  });

  it('continues after a restart, also when other nodes signed meanwhile', async () => {
    const one = await books.open();
    for (let entry = 1; entry <= 5; entry++) {
      await one.recordSource();
      await one.opened.checkpoints.getCovering(entry);
    }
    const directory = await books.close(one);
    const other = await books.open();
    await other.recordSource();
    await other.opened.checkpoints.getCovering(6);
    const again = await books.open({ dataDirectory: directory });
    expect((await again.opened.checkpoints.getCovering(6)).size).toBe(6);
    await again.recordSource();
    await again.opened.checkpoints.getCovering(7);
    await books.assertOneHistory(again);
    expect(again.warnings).toEqual([]);
  });

  it('signs every checkpoint once when the connection breaks at any moment', async () => {
    const line = await openBreakableLine(books.server.connectionString);
    const signer = await openOver(line);
    const other = await books.open({ hasSigningKey: false });
    const directions = ['requests', 'responses', 'requests', 'responses'] as const;
    for (const [index, direction] of directions.entries()) {
      await other.recordSource();
      await waitUntil(() => signer.head === index + 1);
      line.proxy.stall(direction);
      const covering = signer.opened.checkpoints.getCovering(index + 1);
      await waitUntil(() => line.proxy.hasDroppedData);
      line.proxy.restore();
      expect((await covering).size).toBe(index + 1);
    }
    await books.assertOneHistory(signer);
    await books.close(signer);
    await line.proxy.close();
  });

  it('serves the last checkpoint while it cannot sign, and refuses a larger one', async () => {
    const line = await openBreakableLine(books.server.connectionString);
    const signer = await openOver(line);
    const other = await books.open({ hasSigningKey: false });
    await other.recordSource();
    await waitUntil(() => signer.head === 1);
    const { note } = await signer.opened.checkpoints.getCovering(1);
    line.proxy.stall('requests');
    await other.recordSource();
    await waitUntil(() => signer.head === 2);
    expect((await signer.opened.checkpoints.getCovering(1)).note).toBe(note);
    await expect(signer.opened.checkpoints.getCovering(2)).rejects.toMatchObject({ code: 'not-signed' });
    line.proxy.restore();
    await waitUntil(() =>
      signer.opened.checkpoints.getCovering(2).then(
        ({ size }) => size === 2,
        () => false,
      ),
    );
    await books.assertOneHistory(other);
    await books.close(signer);
    await line.proxy.close();
  });

  describe('without the signing key', () => {
    it('signs nothing, serves the checkpoints of other nodes, and learns their verifier key', async () => {
      const other = await books.open({ hasSigningKey: false });
      expect(existsSync(other.getPath('checkpoint.key'))).toBe(false);
      expect([other.opened.checkpoints.isSigner, other.opened.checkpoints.verifierKey]).toEqual([
        false,
        null,
      ]);
      const one = await books.open();
      await one.recordSource();
      await waitUntil(() => other.head === 1);
      const { note } = await other.opened.checkpoints.getCovering(1);
      expect(verifyCheckpointNote(note, books.key.verifierKey).size).toBe(1);
      expect(other.opened.checkpoints.verifierKey).toBe(books.key.verifierKey);
    });

    it('refuses with not-signed when no node signs in time', async () => {
      const other = await books.open({ hasSigningKey: false });
      await other.recordSource();
      await expect(other.opened.checkpoints.getCovering(1)).rejects.toMatchObject({
        code: 'not-signed',
        message:
          'No checkpoint over 1 entries has come to this node (this node does not sign): try again later, or on another node.',
      });
    });

    it('accepts only checkpoints that were signed with the configured key', async () => {
      const stranger = NoteSigningKey.generate('example.org/book');
      const one = await books.open();
      const other = await books.open({ hasSigningKey: false, checkpointKey: stranger });
      expect(other.opened.checkpoints.verifierKey).toBe(stranger.verifierKey);
      await one.recordSource();
      await one.opened.checkpoints.getCovering(1);
      await waitUntil(() => other.warnings.length > 0);
      expect(other.warnings[0]).toMatch(
        /!checkpoints@0 is no checkpoint that was signed with the book's key, and was ignored\.$/,
      );
    });
  });

  it('refuses to start with another key than the other nodes have', async () => {
    const one = await books.open();
    await one.recordSource();
    await one.opened.checkpoints.getCovering(1);
    const file = join(createTemporaryDirectory(), 'another.key');
    const another = NoteSigningKey.generate('example.org/book');
    writeFileSync(file, another.secret);
    await expect(books.open({ checkpointKeyFile: file })).rejects.toThrow(
      `The checkpoints of this book are signed with ${books.key.verifierKey}, but the key in CHECKPOINT_KEY_FILE is ${another.verifierKey}: give this node the key of the other nodes.`,
    );
    await expect(books.open({ checkpointKey: another })).rejects.toThrow(
      /^CHECKPOINT_KEY is .*: set them right\.$/,
    );
  });

  it('starts although another client appended other events behind the first checkpoint', async () => {
    const one = await books.open();
    await one.recordSource();
    await one.opened.checkpoints.getCovering(1);
    const { verifierKey } = NoteSigningKey.generate('example.org/book');
    const data = { note: 'no note', key: verifierKey };
    await books.appendToCheckpoints({ type: 'CheckpointSigned', data });
    const other = await books.open();
    await waitUntil(() => other.warnings.length > 0);
    expect((await other.opened.checkpoints.getCovering(1)).size).toBe(1);
    expect(other.fatalMessages).toEqual([]);
  });

  it('does not trust the key of a note without a valid signature', async () => {
    const { verifierKey } = NoteSigningKey.generate('example.org/book');
    const data = { note: books.key.signNote('a text\n'), key: verifierKey };
    await books.appendToCheckpoints({ type: 'CheckpointSigned', data });
    const node = await books.open();
    await node.recordSource();
    expect((await node.opened.checkpoints.getCovering(1)).size).toBe(1);
    expect(node.fatalMessages).toEqual([]);
  });

  it('ignores other events of the stream with a warning', async () => {
    const node = await books.open();
    const data = { note: books.key.signNote('a text\n'), key: books.key.verifierKey };
    await books.appendToCheckpoints(
      { type: 'CheckpointSigned', data },
      { type: 'SomethingElse', data: { a: 1 } },
    );
    await node.recordSource();
    expect((await node.opened.checkpoints.getCovering(1)).size).toBe(1);
    expect(node.warnings).toHaveLength(2);
  });
});

describe('ClusterCheckpoints on servers that lag or lose responses', () => {
  let books: NodeCluster;
  let double: KurrentDbDouble;
  beforeEach(async () => {
    const server = await startDouble();
    [books, double] = [NodeCluster.on(server), server.double];
  });
  afterEach(() => books.remove());
  const isCheckpointStream = (stream: string): boolean => stream.endsWith('!checkpoints');

  it('reports no divergence while the subscription has yet to deliver the entries that were signed', async () => {
    const [one, other] = [await books.open(), await books.open({ hasSigningKey: false })];
    await one.recordSource();
    await waitUntil(() => other.head === 1);
    double.faults.stallSubscriptions('$all');
    await one.recordSource();
    await one.opened.checkpoints.getCovering(2);
    await waitUntil(() => other.opened.checkpoints.latest?.size === 2);
    expect([other.warnings, other.opened.checkpoints.fault]).toEqual([[], undefined]);
  });

  it('withdraws a divergence when its server only lagged behind', async () => {
    const several = await ClusterFixture.startDouble({ nodes: 3 });
    const behind = several.double.nodes[2]!;
    const node = await several.openNode({ connection: behind.connectionString });
    await node.sequencer.append(createAppend('a-1', -1));
    const catchUp = behind.lag();
    several.appendFromOtherClient('a-1', 0);
    const whole = await several.openNode();
    const { note } = signCheckpoint(books.key, 2, whole.ledger.tree.getRoot(2));
    const cluster = { connection: several.connection, prefix: several.prefix };
    const event = createProposedEvent('CheckpointSigned', { key: books.key.verifierKey, note });
    several.double.log.append(`${several.prefix}!checkpoints`, 'no_stream', [event]);
    const directory = createTemporaryDirectory();
    const warnings: string[] = [];
    const checkpoints = await ClusterCheckpoints.open({
      cluster,
      ledger: node.ledger,
      sequencer: node.sequencer,
      key: undefined,
      trustedKey: undefined,
      file: new CheckpointFile(join(directory, 'checkpoint'), undefined),
      scratchFile: join(directory, 'reread.db'),
      onFatal: (sentence) => warnings.push(sentence),
      warn: (sentence) => warnings.push(sentence),
      timeouts: { arrivalMs: 100 },
    });
    await waitUntil(() => warnings.length === 2);
    expect(warnings[1]).toBe("This node's ledger.db agrees with the checkpoint: it only lagged behind.");
    expect(checkpoints.fault).toBeUndefined();
    catchUp();
    await waitUntil(() => checkpoints.latest?.size === 2);
    expect([warnings.length, checkpoints.fault]).toEqual([2, undefined]);
    await checkpoints.close();
    await several.removeAll();
  });

  it('appends a checkpoint once, whichever responses are lost', async () => {
    const node = await books.open();
    const { faults } = double;
    const fault = [
      () => faults.dropAfterAppend(1, isCheckpointStream),
      () => faults.dropBeforeAppend(1, isCheckpointStream),
      () => faults.timeoutAfterAppend(1, isCheckpointStream),
      () => faults.timeoutBeforeAppend(1, isCheckpointStream),
      () => faults.notLeader(1, isCheckpointStream),
    ];
    for (const [index, make] of fault.entries()) {
      await waitUntil(() => node.opened.sequencer.connectionState === 'live');
      await node.recordSource();
      make();
      expect((await node.opened.checkpoints.getCovering(index + 1)).size).toBe(index + 1);
    }
    await books.assertOneHistory(node);
    expect(await books.readNotes()).toHaveLength(5);
  });
});
