// A node whose copy is not what was signed records nothing, and says which copy differs, from which entry on.
import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { Unavailable } from '../../../../src/ledger/sequencer.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import { until } from '../../../support/wait-until.js';
import { Books, forge, type NodeBook } from '../support/node-cluster.js';

(isDouble ? describe : describe.skip)('a node', () => {
  let books: Books;
  beforeEach(async () => {
    books = await Books.start();
  });
  afterEach(() => books.remove());

  const record = async (node: NodeBook, count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await node.record();
  };
  /** What it says when it knows. */
  const verdict = async (node: NodeBook): Promise<string> => {
    const said = () => node.warnings.filter((sentence) => !sentence.includes('is folded anew'));
    await until(() => said().length >= 2);
    const [first, second] = said();
    expect(first).toMatch(/so it records nothing; which copy differs is being found out\.$/);
    expect(second).toBe(node.book.checkpoints.fault);
    expect(existsSync(node.at('reread.db'))).toBe(false);
    return second!;
  };
  const refuses = async (node: NodeBook): Promise<void> => {
    const error: unknown = await node.record().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Unavailable);
    expect(error).toMatchObject({ code: 'diverged', message: node.book.checkpoints.fault });
    await expect(node.book.checkpoints.covering(node.head + 1)).rejects.toMatchObject({ code: 'diverged' });
  };

  it('with an altered ledger.db refuses to record, names it, and is well again with a new copy', async () => {
    const node = await books.open();
    await record(node, 6);
    await node.book.checkpoints.covering(6);
    const directory = await books.close(node);
    forge(directory, 3);
    const forged = await books.open({ dataDirectory: directory });
    expect(forged.book.checkpoints.fault).toBeDefined();
    await refuses(forged);
    expect(await verdict(forged)).toBe(
      "This node's own ledger.db differs from the cluster's log from entry 3 on, and the log is what the checkpoint over 6 entries was signed for: stop this node, delete ledger.db, and start again, so that it copies the log anew.",
    );
    await refuses(forged);
    expect(forged.book.ledger.byEntry(3)?.data).toContain('A forgery');
    expect(forged.ends).toEqual([]);
    await books.close(forged);
    for (const end of ['', '-wal', '-shm']) rmSync(forged.at(`ledger.db${end}`), { force: true });
    const mended = await books.open({ dataDirectory: directory });
    await mended.record();
    expect((await mended.book.checkpoints.covering(7)).size).toBe(7);
    expect([mended.warnings, mended.book.checkpoints.fault]).toEqual([[], undefined]);
    books.assertOneHistory(mended);
  });

  it('without the file "checkpoint" is found out by what others have signed', async () => {
    const [node, other] = [await books.open({ signs: false }), await books.open()];
    await record(other, 4);
    await other.book.checkpoints.covering(4);
    await until(() => node.head === 4);
    const directory = await books.close(node);
    rmSync(node.at('checkpoint'), { force: true });
    forge(directory, 2);
    const forged = await books.open({ dataDirectory: directory, signs: false });
    expect(await verdict(forged)).toMatch("own ledger.db differs from the cluster's log from entry 2 on");
    await refuses(forged);
    // Nobody else is kept from working.
    await other.record();
    expect((await other.book.checkpoints.covering(5)).size).toBe(5);
  });

  it('with an older copy of ledger.db is caught up first, and nothing is wrong', async () => {
    const node = await books.open();
    await record(node, 3);
    await books.close(node);
    copyFileSync(node.at('ledger.db'), node.at('old.db'));
    const again = await books.open({ dataDirectory: node.directory });
    await record(again, 4);
    await again.book.checkpoints.covering(7);
    await books.close(again);
    renameSync(node.at('old.db'), node.at('ledger.db'));
    const older = await books.open({ dataDirectory: node.directory });
    await until(() => older.head === 7);
    expect((await older.book.checkpoints.covering(7)).size).toBe(7);
    expect([older.warnings, older.book.checkpoints.fault]).toEqual([[], undefined]);
  });

  it('over a log in which an event was replaced names the log', async () => {
    const node = await books.open();
    await record(node, 2);
    await node.book.checkpoints.covering(2);
    await record(node, 3);
    await node.book.checkpoints.covering(5);
    const { log } = books.double;
    const [, , third] = log.all.filter(({ stream }) => stream.startsWith(`${books.server.prefix}/`));
    const data = Buffer.from(Buffer.from(third!.data).toString().replace('A source', 'A forgery'));
    log.replace(third!, { data });
    const fresh = await books.open();
    expect(await verdict(fresh)).toBe(
      "The cluster's log, of which this node's ledger.db is a true copy, differs from what the checkpoint over 5 entries was signed for, from an entry after 2 on: compare with a node that holds that checkpoint, and restore the log from a copy.",
    );
    await refuses(fresh);
    expect(node.book.checkpoints.fault).toBeUndefined();
  });

  it('whose log lost its end names the log, if only the file "checkpoint" still knows', async () => {
    const node = await books.open();
    await record(node, 3);
    await node.book.checkpoints.covering(3);
    const backup = books.double.log.backup();
    await record(node, 2);
    await node.book.checkpoints.covering(5);
    await books.close(node);
    await books.double.restore(backup);
    rmSync(node.at('ledger.db'));
    const restored = await books.open({ dataDirectory: node.directory });
    expect(await verdict(restored)).toBe(
      "The cluster's log is not what the checkpoint over 5 entries was signed for. It ends with entry 3: restore it from a copy.",
    );
    await refuses(restored);
  });

  it('whose tree changes while it runs signs nothing more', async () => {
    const node = await books.open();
    await record(node, 2);
    await node.book.checkpoints.covering(2);
    const { tree } = node.book.ledger;
    const root = tree.root.bind(tree);
    tree.root = (size) => (size === 2 ? Buffer.alloc(32) : root(size));
    await node.record();
    await expect(node.book.checkpoints.covering(3)).rejects.toMatchObject({ code: 'diverged' });
    expect(await verdict(node)).toMatch(
      "This node's own ledger.db differs from the cluster's log in the hashes of its tree",
    );
    expect(books.notes().map(({ size }) => size)).toEqual([2]);
  });
});
