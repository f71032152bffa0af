// A book that no longer holds what it has signed does not start, and says what to do.
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Book } from '../../../src/node/open-node.js';
import { Configuration, ConfigurationError } from '../../../src/node/configuration.js';
import { readKey } from '../../../src/ledger/checkpoints/checkpoint-file.js';
import { readCheckpoint } from '../../../src/ledger/checkpoints/checkpoint.js';
import { NoteKey } from '../../../src/ledger/checkpoints/signed-note.js';
import { type Entry, leafBytes, leafHash } from '../../../src/ledger/entry.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { folder } from '../support/temporary-directory.js';
import { treeHash } from '../merkle/support/rfc6962-reference.js';
import { describeEmbedded, itEmbedded } from '../../support/ledger-environment.js';
import { readNote } from '../../support/signed-notes.js';

/** What holds for several is in test/ledger/kurrentdb. */
const ONE_SIGNS = 'this is of a machine that signs for itself';

let directory: string;
let at: (name: string) => string;
beforeEach(() => {
  directory = folder();
  at = (name) => join(directory, name);
});

type More = { readonly checkpointKeyFile?: string; readonly checkpointName?: string };
const open = (more: More = {}): Promise<Book> =>
  Book.open({
    dataDirectory: directory,
    onLost: (sentence) => {
      throw new Error(sentence);
    },
    warn: () => undefined,
    ...more,
  });

let named = 0;
const record = async (book: Book, count: number): Promise<void> => {
  for (let n = 0; n < count; n++)
    await book.post(
      { command: 'register-source', data: { source: `s${named++}`, title: 'A source' } },
      { actor: 'clerk', correlationId: 'c' },
    );
};

/** Opens the book, records so many sources and closes it, which signs what there is. */
async function session(count: number, more: More = {}): Promise<string> {
  const book = await open(more);
  await record(book, count);
  const { verifier } = book.checkpoints;
  await book.close();
  return verifier!;
}
const checkpoint = (): string => readFileSync(at('checkpoint'), 'utf8');

describeEmbedded(ONE_SIGNS, 'the last checkpoint', () => {
  it('lies beside the ledger when the book is closed, over all of it', async () => {
    const vkey = await session(5);
    expect(readNote(checkpoint(), vkey).size).toBe(5);
  });

  it('is on disk before it is given out', async () => {
    const book = await open();
    await record(book, 3);
    const { note, size } = await book.checkpoints.covering(2);
    expect(checkpoint()).toBe(note);
    expect(size).toBe(3);
    await book.close();
  });

  it('comes by itself after the book has grown', async () => {
    const book = await open();
    await record(book, 2);
    while (!existsSync(at('checkpoint'))) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(readNote(checkpoint(), book.checkpoints.verifier!).size).toBe(2);
    await book.close();
  });

  it('grows with the book and never contradicts the one before', async () => {
    const vkey = await session(3);
    const first = readNote(checkpoint(), vkey);
    await session(4);
    const second = readNote(checkpoint(), vkey);
    const ledger = new SqliteLedger(at('ledger.db'));
    const leaves = ledger.after(0, 100).map(({ leaf }) => leaf);
    ledger.close();
    expect(first).toMatchObject({ size: 3, root: treeHash(leaves.slice(0, 3)) });
    expect(second).toMatchObject({ size: 7, root: treeHash(leaves) });
  });
});

describeEmbedded(ONE_SIGNS, 'a ledger that is not the one that was signed', () => {
  it('because an older copy was put in its place: the start says so, and goes on when the file is moved away', async () => {
    await session(4);
    copyFileSync(at('ledger.db'), at('old.db'));
    await session(3);
    copyFileSync(at('old.db'), at('ledger.db'));
    await expect(open()).rejects.toThrow(
      /^The ledger has 4 entries, but a checkpoint over 7 was given out: this is an older copy of it, so restore a newer one\. If what it lacks is lost for good, move the file "checkpoint" away and start again; whoever holds that checkpoint can prove that entries are gone\.$/,
    );
    // Nothing was touched: what was refused can be mended.
    expect(statSync(at('ledger.db')).size).toBe(statSync(at('old.db')).size);
    renameSync(at('checkpoint'), at('checkpoint.lost'));
    await session(1);
    expect(readNote(checkpoint(), readKey(at('checkpoint.key')).verifier).size).toBe(5);
  });

  it('because an older copy was put in its place and has grown since: another history of the same length', async () => {
    await session(4);
    copyFileSync(at('ledger.db'), at('old.db'));
    await session(3);
    renameSync(at('checkpoint'), at('signed'));
    copyFileSync(at('old.db'), at('ledger.db'));
    await session(5);
    renameSync(at('signed'), at('checkpoint'));
    await expect(open()).rejects.toThrow(
      /^The first 7 entries of the ledger are not those that the checkpoint over them was signed for: the ledger was altered, so restore it from a copy\.$/,
    );
  });

  it('because somebody altered an entry and made its hashes fit', async () => {
    await session(6);
    const db = new Database(at('ledger.db'));
    db.exec('DROP TRIGGER entries_are_never_altered');
    const row = db.prepare('SELECT *, recorded_at AS recordedAt FROM entries WHERE entry = 2').get() as Entry;
    const data = row.data.replace('A source', 'A forgery');
    const leaf = leafHash(leafBytes({ ...row, data }));
    db.prepare('UPDATE entries SET data = ?, leaf = ? WHERE entry = 2').run(data, leaf);
    db.close();
    await expect(open()).rejects.toThrow('the ledger was altered');
  });
});

describeEmbedded(ONE_SIGNS, 'the key', () => {
  it('is made with the book, for its owner alone, and stays', async () => {
    const vkey = await session(1);
    expect(vkey).toMatch(/^minutebook\/[0-9a-f]{32}\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}$/);
    expect(statSync(at('checkpoint.key')).mode & 0o777).toBe(0o600);
    expect(await session(1)).toBe(vkey);
  });

  it('has the name that is asked for, if it is still to be made', async () => {
    const vkey = await session(1, { checkpointName: 'book.example.org/csto' });
    expect(readNote(checkpoint(), vkey).origin).toBe('book.example.org/csto');
    expect(await session(0, { checkpointName: 'another.example.org' })).toBe(vkey);
    expect(() => new Configuration({ CHECKPOINT_NAME: 'with a blank' })).toThrow(ConfigurationError);
  });

  it('can be another file', async () => {
    const key = NoteKey.generate('example.org/shared');
    writeFileSync(at('shared.key'), key.secret);
    expect(await session(2, { checkpointKeyFile: at('shared.key') })).toBe(key.verifier);
    expect(existsSync(at('checkpoint.key'))).toBe(false);
    expect(readNote(checkpoint(), key.verifier).size).toBe(2);
  });

  it('that is gone stops the start, as long as there is something that it has signed', async () => {
    await session(1);
    rmSync(at('checkpoint.key'));
    await expect(open()).rejects.toThrow(/checkpoint\.key is gone, .* put the key back\./);
    expect(existsSync(at('checkpoint.key'))).toBe(false);
    rmSync(at('checkpoint'));
    await session(0);
  });

  it('that has not signed what lies there stops the start', async () => {
    await session(1);
    writeFileSync(at('checkpoint.key'), NoteKey.generate('another').secret);
    await expect(open()).rejects.toThrow(
      /checkpoint was not signed by another: put the key back that signed it\./,
    );
  });

  it.each([
    ['', 'it has not the form'],
    ['PRIVATE+KEY+a+00000000+AQ==', 'it has not the form'],
    [NoteKey.generate('a').secret.replace('+a+', '+b+'), 'its id does not belong to its name and key'],
  ])('that is none stops the start: %s', async (text, why) => {
    writeFileSync(at('checkpoint.key'), text);
    await expect(open()).rejects.toThrow(why);
    rmSync(at('checkpoint.key'));
    await expect(open({ checkpointKeyFile: at('nowhere') })).rejects.toThrow('cannot be read');
  });
});

itEmbedded(
  ONE_SIGNS,
  'a checkpoint with a byte that is another, or without its end, stops the start',
  async () => {
    await session(2);
    const key = readKey(at('checkpoint.key'));
    const note = readFileSync(at('checkpoint'));
    expect(readCheckpoint(key, note.toString())).toMatchObject({ size: 2 });
    for (let byte = 0; byte < note.length; byte++) {
      const altered = Buffer.from(note);
      altered[byte]! ^= 1;
      expect([byte, readCheckpoint(key, altered.toString())]).toEqual([byte, undefined]);
      expect([byte, readCheckpoint(key, note.toString('utf8', 0, byte))]).toEqual([byte, undefined]);
    }
    writeFileSync(at('checkpoint'), note.subarray(0, 40));
    await expect(open()).rejects.toThrow('was not signed by');
    writeFileSync(at('checkpoint'), note);
    await session(1);
  },
);

itEmbedded(
  ONE_SIGNS,
  'a book that contradicts its checkpoint while it runs signs nothing more and ends',
  async () => {
    const lost: string[] = [];
    const book = await Book.open({
      dataDirectory: directory,
      onLost: (sentence) => void lost.push(sentence),
      warn: () => undefined,
    });
    await record(book, 2);
    const { note } = await book.checkpoints.covering(2);
    // A tree that says something else from now on, as after tampering under the running process.
    const root = book.ledger.tree.root.bind(book.ledger.tree);
    book.ledger.tree.root = (size) => (size === 2 ? Buffer.alloc(32) : root(size));
    await record(book, 1);
    await expect(book.checkpoints.covering(3)).rejects.toThrow('the ledger was altered');
    expect(lost[0]).toMatch('the ledger was altered');
    expect(checkpoint()).toBe(note);
    await book.close();
  },
);
