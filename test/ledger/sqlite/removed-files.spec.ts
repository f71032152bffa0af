// Files of the ledger are removed or replaced under the server. SQLite goes on with the files that it opened, which are
// gone with the process, so nothing may be acknowledged any more.
import { copyFileSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { SqliteSequencer } from '../../../src/ledger/sqlite/sqlite-sequencer.js';
import { createAppend } from '../support/create-append.js';
import { createTemporaryDirectory } from '../support/temporary-directory.js';

const removals: readonly (readonly [string, (file: string) => void])[] = [
  ['ledger.db is removed', (file) => rmSync(file)],
  ['ledger.db and its log are removed', (file) => ['', '-wal', '-shm'].forEach((end) => rmSync(file + end))],
  [
    'ledger.db is replaced by a copy',
    (file) => {
      copyFileSync(file, `${file}.copy`);
      renameSync(`${file}.copy`, file);
    },
  ],
  ['the log is removed', (file) => rmSync(`${file}-wal`)],
  ['the shared memory of the log is removed', (file) => rmSync(`${file}-shm`)],
  ['lock.db is removed', (file) => rmSync(join(dirname(file), 'lock.db'))],
];

describe.each(removals)('once %s', (_, remove) => {
  let file: string;
  let sequencer: SqliteSequencer;
  let ledger: SqliteLedger;
  beforeEach(async () => {
    file = join(createTemporaryDirectory(), 'ledger.db');
    writeFileSync(join(dirname(file), 'lock.db'), '');
    sequencer = await SqliteSequencer.open(file, (sentence) => {
      throw new Error(sentence);
    });
    ledger = new SqliteLedger(file);
    await sequencer.append(createAppend('a-1', -1));
  });
  afterEach(async () => {
    await sequencer.close();
    ledger.close();
  });

  it('acknowledges nothing, says so without an append, and goes on to read', async () => {
    expect(sequencer.refusal).toBeUndefined();
    remove(file);
    const isLeft = existsSync(file);
    expect(sequencer.refusal).toMatchObject({ code: 'ledger-lost' });
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(sequencer.append(createAppend('a-1', 0))).rejects.toMatchObject({
        code: 'ledger-lost',
        message: expect.stringMatching(/removed or replaced while the server runs/) as string,
      });
    expect(ledger.readAfter(0, 10)).toHaveLength(1);
    expect(existsSync(file)).toBe(isLeft); // no empty ledger was created in its place
  });
});

it('does not acknowledge what was committed while the file was removed', () => {
  const file = join(createTemporaryDirectory(), 'ledger.db');
  const writer = new LedgerWriter(file);
  writer.commit([createAppend('a-1', -1)]);
  const append = createAppend('a-1', 0);
  const removingAppend = {
    ...append,
    /** Read inside the transaction, when the files were found in place. */
    get requires() {
      rmSync(file, { force: true });
      return append.requires;
    },
  };
  expect(() => writer.commit([removingAppend])).toThrow(
    expect.objectContaining({ code: 'ledger-lost' }) as Error,
  );
  writer.close();
});
