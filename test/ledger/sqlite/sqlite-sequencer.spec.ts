import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { SqliteSequencer } from '../../../src/ledger/sqlite/sqlite-sequencer.js';
import { describeSequencerContract, type OpenedLedger, type LedgerFixture } from '../sequencer.contract.js';
import { describeImportEntriesContract } from '../import-entries.contract.js';
import { createAppend } from '../support/create-append.js';
import { createTemporaryDirectory } from '../support/temporary-directory.js';

class SqliteFixture implements LedgerFixture {
  readonly file = join(createTemporaryDirectory(), 'ledger.db');
  readonly #opened: OpenedLedger[] = [];

  async open(): Promise<OpenedLedger> {
    const sequencer = await SqliteSequencer.open(this.file, (sentence) => {
      throw new Error(sentence);
    });
    const opened = { sequencer, ledger: new SqliteLedger(this.file) };
    this.#opened.push(opened);
    return opened;
  }

  async remove(): Promise<void> {
    for (const { sequencer, ledger } of this.#opened.splice(0)) {
      await sequencer.close();
      ledger.close();
    }
  }
}

describeSequencerContract('the embedded ledger', () => Promise.resolve(new SqliteFixture()));
describeImportEntriesContract('the embedded ledger', () => Promise.resolve(new SqliteFixture()));

/** The number of commits in the write-ahead log: only the last frame of a commit has the database size. */
function countWalCommits(file: string): number {
  const log = readFileSync(`${file}-wal`);
  const pageSize = log.readUInt32BE(8);
  let count = 0;
  for (let at = 32; at < log.length; at += 24 + pageSize) if (log.readUInt32BE(at + 4) > 0) count++;
  return count;
}

describe('group commit', () => {
  it('commits waiting appends together, each with its own outcome', async () => {
    const place = new SqliteFixture();
    const { sequencer } = await place.open();
    await sequencer.append(createAppend('a-0', -1));
    const before = countWalCommits(place.file);
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => sequencer.append(createAppend(`a-${index}`, -1))),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      'stale',
      ...Array.from({ length: 49 }, () => 'appended'),
    ]);
    expect(countWalCommits(place.file) - before).toBe(1);
    await sequencer.append(createAppend('b-1', -1));
    await sequencer.append(createAppend('b-2', -1));
    expect(countWalCommits(place.file) - before).toBe(3);
    await place.remove();
  });
});

it('gives up an import of which nothing comes any more, and records commands again', async () => {
  const file = join(createTemporaryDirectory(), 'ledger.db');
  const sequencer = await SqliteSequencer.open(file, () => undefined, { importIdleTimeoutMs: 50 });
  async function* endlessPages(): AsyncGenerator<never> {
    await new Promise(() => undefined);
    yield* [];
  }
  const stalled = sequencer.importEntries(endlessPages(), null);
  stalled.catch(() => undefined);
  await expect(sequencer.append(createAppend('a-1', -1))).rejects.toMatchObject({ code: 'busy' });
  await expect(stalled).rejects.toMatchObject({ code: 'import-stalled' });
  expect(await sequencer.append(createAppend('a-1', -1))).toMatchObject({ outcome: 'appended', entry: 1 });
  await sequencer.close();
});
