// A node whose copy contradicts a checkpoint records nothing, and reports which copy differs and from which entry on.
import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { UnavailableError } from '../../../../src/ledger/sequencer.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import { waitUntil } from '../../../support/wait-until.js';
import { NodeCluster, forgeEntry, type TestNode } from '../support/node-cluster.js';

(isDouble ? describe : describe.skip)('diagnoseDivergence', () => {
  let books: NodeCluster;
  beforeEach(async () => {
    books = await NodeCluster.start();
  });
  afterEach(() => books.remove());

  const record = async (node: TestNode, count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await node.recordSource();
  };
  /** The result of the diagnosis. */
  const waitForDiagnosis = async (node: TestNode): Promise<string> => {
    const readWarnings = () => node.warnings.filter((sentence) => !sentence.includes('is rebuilt'));
    await waitUntil(() => readWarnings().length >= 2);
    const [first, second] = readWarnings();
    expect(first).toMatch(/so it records nothing; it is finding out which copy differs\.$/);
    expect(second).toBe(node.opened.checkpoints.fault);
    expect(existsSync(node.getPath('reread.db'))).toBe(false);
    return second!;
  };
  const expectRefusal = async (node: TestNode): Promise<void> => {
    const error: unknown = await node.recordSource().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ code: 'diverged', message: node.opened.checkpoints.fault });
    await expect(node.opened.checkpoints.getCovering(node.head + 1)).rejects.toMatchObject({
      code: 'diverged',
    });
  };

  it('names an altered ledger.db, keeps the node from recording, and ends with a new copy', async () => {
    const node = await books.open();
    await record(node, 6);
    await node.opened.checkpoints.getCovering(6);
    const directory = await books.close(node);
    forgeEntry(directory, 3);
    const forged = await books.open({ dataDirectory: directory });
    expect(forged.opened.checkpoints.fault).toBeDefined();
    await expectRefusal(forged);
    expect(await waitForDiagnosis(forged)).toBe(
      "This node's own ledger.db differs from the cluster's log from entry 3 on, and the log is what the checkpoint over 6 entries was signed for: stop this node, delete ledger.db, and start again, so that it copies the log anew.",
    );
    await expectRefusal(forged);
    expect(forged.opened.ledger.findByNumber(3)?.data).toContain('A forgery');
    expect(forged.fatalMessages).toEqual([]);
    await books.close(forged);
    for (const end of ['', '-wal', '-shm']) rmSync(forged.getPath(`ledger.db${end}`), { force: true });
    const mended = await books.open({ dataDirectory: directory });
    await mended.recordSource();
    expect((await mended.opened.checkpoints.getCovering(7)).size).toBe(7);
    expect([mended.warnings, mended.opened.checkpoints.fault]).toEqual([[], undefined]);
    await books.assertOneHistory(mended);
  });

  it('finds an altered ledger.db by the checkpoints of other nodes if the file "checkpoint" is gone', async () => {
    const [node, other] = [await books.open({ hasSigningKey: false }), await books.open()];
    await record(other, 4);
    await other.opened.checkpoints.getCovering(4);
    await waitUntil(() => node.head === 4);
    const directory = await books.close(node);
    rmSync(node.getPath('checkpoint'), { force: true });
    forgeEntry(directory, 2);
    const forged = await books.open({ dataDirectory: directory, hasSigningKey: false });
    expect(await waitForDiagnosis(forged)).toMatch(
      "own ledger.db differs from the cluster's log from entry 2 on",
    );
    await expectRefusal(forged);
    // The other nodes keep running.
    await other.recordSource();
    expect((await other.opened.checkpoints.getCovering(5)).size).toBe(5);
  });

  it('reports nothing for an older copy of ledger.db, which catches up first', async () => {
    const node = await books.open();
    await record(node, 3);
    await books.close(node);
    copyFileSync(node.getPath('ledger.db'), node.getPath('old.db'));
    const again = await books.open({ dataDirectory: node.directory });
    await record(again, 4);
    await again.opened.checkpoints.getCovering(7);
    await books.close(again);
    renameSync(node.getPath('old.db'), node.getPath('ledger.db'));
    const older = await books.open({ dataDirectory: node.directory });
    await waitUntil(() => older.head === 7);
    expect((await older.opened.checkpoints.getCovering(7)).size).toBe(7);
    expect([older.warnings, older.opened.checkpoints.fault]).toEqual([[], undefined]);
  });

  it('names the log if an event in it was replaced', async () => {
    const node = await books.open();
    await record(node, 2);
    await node.opened.checkpoints.getCovering(2);
    await record(node, 3);
    await node.opened.checkpoints.getCovering(5);
    const { log } = books.double;
    const [, , third] = log.all.filter(({ stream }) => stream.startsWith(`${books.server.prefix}/`));
    const data = Buffer.from(Buffer.from(third!.data).toString().replace('A source', 'A forgery'));
    log.replace(third!, { data });
    const fresh = await books.open();
    // A checkpoint is also signed a second after growth: on a slow machine there is one over 3 or 4 entries, too.
    expect(await waitForDiagnosis(fresh)).toMatch(
      /^The cluster's log, of which this node's ledger\.db is a true copy, differs from what the checkpoint over [345] entries was signed for, from an entry after 2 on: compare with a node that holds that checkpoint, and restore the log from a copy\.$/,
    );
    await expectRefusal(fresh);
    expect(node.opened.checkpoints.fault).toBeUndefined();
  });

  it('names the log if it lost its end and only the file "checkpoint" proves that', async () => {
    const node = await books.open();
    await record(node, 3);
    await node.opened.checkpoints.getCovering(3);
    const backup = books.double.log.backup();
    await record(node, 2);
    await node.opened.checkpoints.getCovering(5);
    await books.close(node);
    await books.double.restore(backup);
    rmSync(node.getPath('ledger.db'));
    const restored = await books.open({ dataDirectory: node.directory });
    expect(await waitForDiagnosis(restored)).toBe(
      "The cluster's log is not what the checkpoint over 5 entries was signed for. It ends with entry 3: restore it from a copy.",
    );
    await expectRefusal(restored);
  });

  it('keeps a node from signing when its tree changes while it runs', async () => {
    const node = await books.open();
    await record(node, 2);
    await node.opened.checkpoints.getCovering(2);
    const { tree } = node.opened.ledger;
    const root = tree.getRoot.bind(tree);
    tree.getRoot = (size) => (size === 2 ? Buffer.alloc(32) : root(size));
    await node.recordSource();
    await expect(node.opened.checkpoints.getCovering(3)).rejects.toMatchObject({ code: 'diverged' });
    expect(await waitForDiagnosis(node)).toMatch(
      "This node's own ledger.db differs from the cluster's log in the hashes of its tree",
    );
    expect((await books.readNotes()).map(({ size }) => size)).toEqual([2]);
  });
});
