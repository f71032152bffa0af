// A ledger that contradicts its last checkpoint is not opened, and the message says what to do.
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openNode, type OpenedNode } from '../../../src/node/open-node.js';
import { Configuration, ConfigurationError } from '../../../src/node/configuration.js';
import { readSigningKey } from '../../../src/ledger/checkpoints/checkpoint-files.js';
import { parseSignedCheckpoint } from '../../../src/ledger/checkpoints/checkpoint.js';
import { NoteSigningKey } from '../../../src/ledger/checkpoints/signed-note.js';
import { type Entry, encodeLeaf, hashLeaf } from '../../../src/ledger/entry.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { createTemporaryDirectory } from '../support/temporary-directory.js';
import { computeRoot } from '../merkle/support/rfc6962-reference.js';
import { describeEmbedded, itEmbedded } from '../../support/embedded-or-cluster.js';
import { verifyCheckpointNote } from '../../support/checkpoint-note-verifier.js';
import { withoutTriggers } from '../support/without-triggers.js';

/** Clusters are tested in test/ledger/kurrentdb. */
const EMBEDDED_ONLY_REASON = 'a node with an embedded ledger signs alone';

let directory: string;
let resolvePath: (name: string) => string;
beforeEach(() => {
  directory = createTemporaryDirectory();
  resolvePath = (name) => join(directory, name);
});

type ExtraOptions = { readonly checkpointKeyFile?: string; readonly checkpointName?: string };
const openBook = (more: ExtraOptions = {}): Promise<OpenedNode> =>
  openNode({
    dataDirectory: directory,
    onFatal: (sentence) => {
      throw new Error(sentence);
    },
    warn: () => undefined,
    ...more,
  });

let sourceCount = 0;
const recordSources = async (book: OpenedNode, count: number): Promise<void> => {
  for (let n = 0; n < count; n++)
    await book.commandHandler.handle(
      { command: 'register-source', data: { source: `s${sourceCount++}`, title: 'A source' } },
      { actor: 'clerk', correlationId: 'c' },
    );
};

/** Opens the ledger, registers sources and closes it, which signs a checkpoint. */
async function recordSession(count: number, more: ExtraOptions = {}): Promise<string> {
  const book = await openBook(more);
  await recordSources(book, count);
  const { verifierKey } = book.checkpoints;
  await book.close();
  return verifierKey!;
}
const readStoredCheckpoint = (): string => readFileSync(resolvePath('checkpoint'), 'utf8');

describeEmbedded(EMBEDDED_ONLY_REASON, 'the last checkpoint', () => {
  it('covers all entries when the ledger is closed', async () => {
    const vkey = await recordSession(5);
    expect(verifyCheckpointNote(readStoredCheckpoint(), vkey).size).toBe(5);
  });

  it('is durable before it is published', async () => {
    const book = await openBook();
    await recordSources(book, 3);
    const { note, size } = await book.checkpoints.getCovering(2);
    expect(readStoredCheckpoint()).toBe(note);
    expect(size).toBe(3);
    await book.close();
  });

  it('is signed without a request after the ledger has grown', async () => {
    const book = await openBook();
    await recordSources(book, 2);
    while (!existsSync(resolvePath('checkpoint'))) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(verifyCheckpointNote(readStoredCheckpoint(), book.checkpoints.verifierKey!).size).toBe(2);
    await book.close();
  });

  it('grows with the ledger and is consistent with the previous one', async () => {
    const vkey = await recordSession(3);
    const first = verifyCheckpointNote(readStoredCheckpoint(), vkey);
    await recordSession(4);
    const second = verifyCheckpointNote(readStoredCheckpoint(), vkey);
    const ledger = new SqliteLedger(resolvePath('ledger.db'));
    const leaves = ledger.readAfter(0, 100).map(({ leaf }) => leaf);
    ledger.close();
    expect(first).toMatchObject({ size: 3, root: computeRoot(leaves.slice(0, 3)) });
    expect(second).toMatchObject({ size: 7, root: computeRoot(leaves) });
  });
});

describeEmbedded(EMBEDDED_ONLY_REASON, 'a ledger that contradicts its checkpoint does not start', () => {
  it('if it is an older copy; the start says so, and succeeds when the checkpoint is moved away', async () => {
    await recordSession(4);
    copyFileSync(resolvePath('ledger.db'), resolvePath('old.db'));
    await recordSession(3);
    copyFileSync(resolvePath('old.db'), resolvePath('ledger.db'));
    await expect(openBook()).rejects.toThrow(
      /^The ledger has 4 entries, but a checkpoint over 7 was published: this is an older copy, so restore a newer one\. If the missing entries are lost for good, move the file "checkpoint" away and start again; holders of that checkpoint can prove that entries are missing\.$/,
    );
    // Nothing was changed, so the operator can repair it.
    expect(statSync(resolvePath('ledger.db')).size).toBe(statSync(resolvePath('old.db')).size);
    renameSync(resolvePath('checkpoint'), resolvePath('checkpoint.lost'));
    await recordSession(1);
    expect(
      verifyCheckpointNote(readStoredCheckpoint(), readSigningKey(resolvePath('checkpoint.key')).verifierKey)
        .size,
    ).toBe(5);
  });

  it('if it is an older copy that has grown since: another history of the same length', async () => {
    await recordSession(4);
    copyFileSync(resolvePath('ledger.db'), resolvePath('old.db'));
    await recordSession(3);
    renameSync(resolvePath('checkpoint'), resolvePath('signed'));
    copyFileSync(resolvePath('old.db'), resolvePath('ledger.db'));
    await recordSession(5);
    renameSync(resolvePath('signed'), resolvePath('checkpoint'));
    await expect(openBook()).rejects.toThrow(
      /^The first 7 entries of the ledger are not those that the checkpoint was signed over: the ledger was altered, so restore it from a copy\.$/,
    );
  });

  it('if an entry was altered and its hashes were recomputed', async () => {
    await recordSession(6);
    const db = new Database(resolvePath('ledger.db'));
    const row = db.prepare('SELECT *, recorded_at AS recordedAt FROM entries WHERE entry = 2').get() as Entry;
    const data = row.data.replace('A source', 'A forgery');
    const leaf = hashLeaf(encodeLeaf({ ...row, data }));
    const update = 'UPDATE entries SET data = ?, leaf = ? WHERE entry = 2';
    withoutTriggers(db, () => db.prepare(update).run(data, leaf));
    db.close();
    await expect(openBook()).rejects.toThrow('the ledger was altered');
  });
});

describeEmbedded(EMBEDDED_ONLY_REASON, 'the key', () => {
  it('is created with the ledger, readable by its owner only, and kept', async () => {
    const vkey = await recordSession(1);
    expect(vkey).toMatch(/^minutebook\/[0-9a-f]{32}\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}$/);
    expect(statSync(resolvePath('checkpoint.key')).mode & 0o777).toBe(0o600);
    expect(await recordSession(1)).toBe(vkey);
  });

  it('has the configured name if it is created', async () => {
    const vkey = await recordSession(1, { checkpointName: 'book.example.org/csto' });
    expect(verifyCheckpointNote(readStoredCheckpoint(), vkey).origin).toBe('book.example.org/csto');
    expect(await recordSession(0, { checkpointName: 'another.example.org' })).toBe(vkey);
    expect(() => new Configuration({ CHECKPOINT_NAME: 'with a blank' })).toThrow(ConfigurationError);
  });

  it('can be another file', async () => {
    const key = NoteSigningKey.generate('example.org/shared');
    writeFileSync(resolvePath('shared.key'), key.secret);
    expect(await recordSession(2, { checkpointKeyFile: resolvePath('shared.key') })).toBe(key.verifierKey);
    expect(existsSync(resolvePath('checkpoint.key'))).toBe(false);
    expect(verifyCheckpointNote(readStoredCheckpoint(), key.verifierKey).size).toBe(2);
  });

  it('prevents the start if it is missing while there is a checkpoint', async () => {
    await recordSession(1);
    rmSync(resolvePath('checkpoint.key'));
    await expect(openBook()).rejects.toThrow(/checkpoint\.key is missing, .* restore the key\./);
    expect(existsSync(resolvePath('checkpoint.key'))).toBe(false);
    rmSync(resolvePath('checkpoint'));
    await recordSession(0);
  });

  it('prevents the start if it has not signed the checkpoint', async () => {
    await recordSession(1);
    writeFileSync(resolvePath('checkpoint.key'), NoteSigningKey.generate('another').secret);
    await expect(openBook()).rejects.toThrow(
      /checkpoint is not a checkpoint signed by another: restore the key that signed it\./,
    );
  });

  it.each([
    ['', 'it does not have the form'],
    ['PRIVATE+KEY+a+00000000+AQ==', 'it does not have the form'],
    [NoteSigningKey.generate('a').secret.replace('+a+', '+b+'), 'its id is not that of its name and key'],
  ])('prevents the start if it is invalid: %s', async (text, why) => {
    writeFileSync(resolvePath('checkpoint.key'), text);
    await expect(openBook()).rejects.toThrow(why);
    rmSync(resolvePath('checkpoint.key'));
    await expect(openBook({ checkpointKeyFile: resolvePath('nowhere') })).rejects.toThrow('cannot be read');
  });
});

itEmbedded(
  EMBEDDED_ONLY_REASON,
  'a checkpoint with any byte altered, or truncated, prevents the start',
  async () => {
    await recordSession(2);
    const key = readSigningKey(resolvePath('checkpoint.key'));
    const note = readFileSync(resolvePath('checkpoint'));
    expect(parseSignedCheckpoint(key, note.toString())).toMatchObject({ size: 2 });
    for (let byte = 0; byte < note.length; byte++) {
      const altered = Buffer.from(note);
      altered[byte]! ^= 1;
      expect([byte, parseSignedCheckpoint(key, altered.toString())]).toEqual([byte, undefined]);
      expect([byte, parseSignedCheckpoint(key, note.toString('utf8', 0, byte))]).toEqual([byte, undefined]);
    }
    writeFileSync(resolvePath('checkpoint'), note.subarray(0, 40));
    await expect(openBook()).rejects.toThrow('is not a checkpoint signed by');
    writeFileSync(resolvePath('checkpoint'), note);
    await recordSession(1);
  },
);

itEmbedded(
  EMBEDDED_ONLY_REASON,
  'a node whose ledger contradicts its checkpoint while it runs signs nothing more and ends',
  async () => {
    const lost: string[] = [];
    const book = await openNode({
      dataDirectory: directory,
      onFatal: (sentence) => void lost.push(sentence),
      warn: () => undefined,
    });
    await recordSources(book, 2);
    const { note } = await book.checkpoints.getCovering(2);
    // From now on the tree has another root, as after the file was altered under the running process.
    const root = book.ledger.tree.getRoot.bind(book.ledger.tree);
    book.ledger.tree.getRoot = (size) => (size === 2 ? Buffer.alloc(32) : root(size));
    await recordSources(book, 1);
    await expect(book.checkpoints.getCovering(3)).rejects.toThrow('the ledger was altered');
    expect(lost[0]).toMatch('the ledger was altered');
    expect(readStoredCheckpoint()).toBe(note);
    await book.close();
  },
);
