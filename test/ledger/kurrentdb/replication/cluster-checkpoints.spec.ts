// What several nodes sign is one history.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NoteKey } from '../../../../src/ledger/checkpoints/signed-note.js';
import { CheckpointFile } from '../../../../src/ledger/checkpoints/checkpoint-file.js';
import { signed } from '../../../../src/ledger/checkpoints/checkpoint.js';
import { SharedCheckpoints } from '../../../../src/ledger/kurrentdb/replication/cluster-checkpoints.js';
import { append } from '../../support/create-append.js';
import { folder } from '../../support/temporary-directory.js';
import { ClusterPlace } from '../../support/cluster-fixture.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import { proposed } from '../../../support/kurrentdb/transaction-log.js';
import { readNote } from '../../../support/signed-notes.js';
import { until } from '../../../support/wait-until.js';
import { Books } from '../support/node-cluster.js';

(isDouble ? describe : describe.skip)('checkpoints of several nodes', () => {
  let books: Books;
  beforeEach(async () => {
    books = await Books.start();
  });
  afterEach(() => books.remove());
  const isOfTheBook = (stream: string): boolean => stream.endsWith('!checkpoints');

  it('never contradict each other, whoever signs at the same time', async () => {
    const nodes = await Promise.all([books.open(), books.open(), books.open()]);
    for (let round = 0; round < 8; round++) {
      await Promise.all(nodes.map((node) => node.record()));
      const notes = await Promise.all(nodes.map(({ book, head }) => book.checkpoints.covering(head)));
      for (const { note, size } of notes) expect(readNote(note, books.key.verifier)).toMatchObject({ size });
    }
    for (const node of nodes) {
      await until(() => node.head === 24);
      expect((await node.book.checkpoints.covering(24)).size).toBe(24);
      books.assertOneHistory(node);
      expect([node.warnings, node.ends, node.book.checkpoints.fault]).toEqual([[], [], undefined]);
    }
    expect(books.notes().at(-1)!.size).toBe(24);
  });

  it('are no sign of a difference while a node is not told of what they were signed for', async () => {
    const [one, other] = [await books.open(), await books.open({ signs: false })];
    await one.record();
    await until(() => other.head === 1);
    books.double.faults.stallSubscriptions('$all');
    await one.record();
    await one.book.checkpoints.covering(2);
    await until(() => other.book.checkpoints.latest?.size === 2);
    expect([other.warnings, other.book.checkpoints.fault]).toEqual([[], undefined]);
  });

  it('are no sign of a difference while the server of a node lags, though that may take long', async () => {
    const several = await ClusterPlace.start({ nodes: 3 });
    const behind = several.double.nodes[2]!;
    const node = await several.node({ connection: behind.connectionString });
    await node.sequencer.append(append('a-1', -1));
    const catchUp = behind.lag();
    several.elsewhere('a-1', 0);
    const whole = await several.node();
    const { note } = signed(books.key, 2, whole.ledger.tree.root(2));
    const cluster = { connection: several.connection, prefix: several.prefix };
    const event = proposed('CheckpointSigned', { key: books.key.verifier, note });
    several.double.log.append(`${several.prefix}!checkpoints`, 'no_stream', [event]);
    const directory = folder();
    const warnings: string[] = [];
    const checkpoints = await SharedCheckpoints.open({
      cluster,
      ledger: node.ledger,
      sequencer: node.sequencer,
      key: undefined,
      trusted: undefined,
      file: new CheckpointFile(join(directory, 'checkpoint'), undefined),
      scratch: join(directory, 'reread.db'),
      onLost: (sentence) => warnings.push(sentence),
      warn: (sentence) => warnings.push(sentence),
      patience: { arrival: 100 },
    });
    await until(() => warnings.length === 2);
    expect(warnings[1]).toBe(
      "This node's ledger.db is a true beginning of what was signed: it was only behind.",
    );
    expect([checkpoints.fault, checkpoints.latest]).toEqual([undefined, undefined]);
    catchUp();
    await until(() => checkpoints.latest?.size === 2);
    expect([warnings.length, checkpoints.fault]).toEqual([2, undefined]);
    await checkpoints.close();
    await several.remove();
  });

  it('are appended once, whatever becomes of the connection meanwhile', async () => {
    const node = await books.open();
    const { faults } = books.double;
    const fault = [
      () => faults.dropAfterAppend(1, isOfTheBook),
      () => faults.dropBeforeAppend(1, isOfTheBook),
      () => faults.timeoutAfterAppend(1, isOfTheBook),
      () => faults.timeoutBeforeAppend(1, isOfTheBook),
      () => faults.notLeader(1, isOfTheBook),
    ];
    for (const [index, make] of fault.entries()) {
      await until(() => node.book.sequencer.condition === 'live');
      await node.record();
      make();
      expect((await node.book.checkpoints.covering(index + 1)).size).toBe(index + 1);
    }
    books.assertOneHistory(node);
    expect(books.notes()).toHaveLength(5);
  });

  it('come by themselves, and are kept by every node in a file of its own', async () => {
    const [one, other] = [await books.open(), await books.open({ signs: false })];
    await one.record();
    await until(() => existsSync(other.at('checkpoint')));
    expect(readNote(readFileSync(other.at('checkpoint'), 'utf8'), books.key.verifier).size).toBe(1);
  });

  it('go on where they were after a restart, also when others signed meanwhile', async () => {
    const one = await books.open();
    for (let entry = 1; entry <= 5; entry++) {
      await one.record();
      await one.book.checkpoints.covering(entry);
    }
    const directory = await books.close(one);
    const other = await books.open();
    await other.record();
    await other.book.checkpoints.covering(6);
    const again = await books.open({ dataDirectory: directory });
    expect((await again.book.checkpoints.covering(6)).size).toBe(6);
    await again.record();
    await again.book.checkpoints.covering(7);
    books.assertOneHistory(again);
    expect(again.warnings).toEqual([]);
  });

  it('are refused by one that is cut off and has none, and given by one that has', async () => {
    const node = await books.open();
    await node.record();
    const { note } = await node.book.checkpoints.covering(1);
    await node.record();
    await books.double.stop();
    expect((await node.book.checkpoints.covering(1)).note).toBe(note);
    await expect(node.book.checkpoints.covering(2)).rejects.toMatchObject({ code: 'not-signed' });
    await books.double.start();
    // As long as it is not connected again, it still refuses.
    await until(() =>
      node.book.checkpoints.covering(2).then(
        () => true,
        () => false,
      ),
    );
    expect((await node.book.checkpoints.covering(2)).size).toBe(2);
  });

  describe('a node without the key', () => {
    it('makes none, serves what others sign, and knows their key', async () => {
      const other = await books.open({ signs: false });
      expect(existsSync(other.at('checkpoint.key'))).toBe(false);
      expect([other.book.checkpoints.signs, other.book.checkpoints.verifier]).toEqual([false, null]);
      const one = await books.open();
      await one.record();
      await until(() => other.head === 1);
      const { note } = await other.book.checkpoints.covering(1);
      expect(readNote(note, books.key.verifier).size).toBe(1);
      expect(other.book.checkpoints.verifier).toBe(books.key.verifier);
    });

    it('says so when nobody has signed, after it has waited', async () => {
      const other = await books.open({ signs: false });
      await other.record();
      await expect(other.book.checkpoints.covering(1)).rejects.toMatchObject({
        code: 'not-signed',
        message:
          'No checkpoint over 1 entries has come to this node (it does not sign itself): ask again later, or another node.',
      });
    });

    it('believes the key that its operator names, and no other', async () => {
      const stranger = NoteKey.generate('example.org/book');
      const one = await books.open();
      const other = await books.open({ signs: false, checkpointKey: stranger });
      expect(other.book.checkpoints.verifier).toBe(stranger.verifier);
      await one.record();
      await one.book.checkpoints.covering(1);
      await until(() => other.warnings.length > 0);
      expect(other.warnings[0]).toMatch(
        /!checkpoints@0 is no checkpoint that the book's key has signed, and was left out\.$/,
      );
    });
  });

  it('are all made with one key: a node with another one does not start', async () => {
    const one = await books.open();
    await one.record();
    await one.book.checkpoints.covering(1);
    const file = join(folder(), 'another.key');
    const another = NoteKey.generate('example.org/book');
    writeFileSync(file, another.secret);
    await expect(books.open({ checkpointKeyFile: file })).rejects.toThrow(
      `The checkpoints of this book are signed with ${books.key.verifier}, but the key in CHECKPOINT_KEY_FILE is ${another.verifier}: give this node the key that the others have.`,
    );
    await expect(books.open({ checkpointKey: another })).rejects.toThrow(
      /^CHECKPOINT_KEY is .*: set them right\.$/,
    );
  });

  it('are told from what else lies in their stream', async () => {
    const node = await books.open();
    const { log } = books.double;
    const name = `${books.server.prefix}!checkpoints`;
    log.append(name, 'no_stream', [
      proposed('CheckpointSigned', { note: books.key.note('a text\n'), key: books.key.verifier }),
      proposed('SomethingElse', { a: 1 }),
    ]);
    await node.record();
    expect((await node.book.checkpoints.covering(1)).size).toBe(1);
    expect(node.warnings).toHaveLength(2);
  });
});
