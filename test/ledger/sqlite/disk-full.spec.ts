import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../../src/ledger/entry.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import type { Sequencer } from '../../../src/ledger/sequencer.js';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { SqliteSequencer } from '../../../src/ledger/sqlite/sqlite-sequencer.js';
import { fillDisk, mountSmallDisk, unmountSmallDisk } from '../../support/small-disk.js';
import { createAppend } from '../support/create-append.js';
import { createTemporaryDirectory } from '../support/temporary-directory.js';
import { assertLedgerIntegrity } from '../support/ledger-integrity.js';

const diskPath = mountSmallDisk('3m');
afterAll(() => {
  if (diskPath !== undefined) unmountSmallDisk(diskPath);
});

(diskPath === undefined ? describe.skip : describe)('a full disk', () => {
  const file = join(diskPath ?? '', 'ledger.db');
  const ballast = join(diskPath ?? '', 'ballast');
  let sequencer: Sequencer;
  let ledger: Ledger;
  const lost: string[] = [];
  const open = async () => {
    sequencer = await SqliteSequencer.open(file, (sentence) => lost.push(sentence));
    ledger = new SqliteLedger(file);
  };
  const close = async () => {
    await sequencer.close();
    ledger.close();
  };
  const write = () =>
    sequencer.append(createAppend('a-1', ledger.getStreamRevision('a-1'), ['x'.repeat(50_000), 'y']));

  it('refuses appends and serves reads until there is space again', async () => {
    await open();
    await write();
    for (const round of [1, 2]) {
      fillDisk(ballast);
      const before = assertLedgerIntegrity(ledger);
      // The log may have preallocated space.
      const [refused] = await writtenUntilRefused();
      expect(refused).toMatchObject({ code: 'disk-full' });
      const full = assertLedgerIntegrity(ledger);
      expect(full.slice(0, before.length)).toEqual(before);
      await expect(write()).rejects.toMatchObject({ code: 'disk-full' });
      expect(assertLedgerIntegrity(ledger)).toEqual(full);
      rmSync(ballast);
      expect(await write()).toMatchObject({ outcome: 'appended', entry: full.length + 1 });
      expect(assertLedgerIntegrity(ledger)).toHaveLength(full.length + 2);
      expect(round).toBeLessThan(3);
    }
    expect(lost).toEqual([]);
    await close();
  });

  it('refuses all appends of a batch', async () => {
    await open();
    fillDisk(ballast);
    await writtenUntilRefused();
    const before = assertLedgerIntegrity(ledger);
    const together = await Promise.allSettled([write(), sequencer.append(createAppend('b-1', -1)), write()]);
    expect(together).toMatchObject(
      together.map(() => ({ status: 'rejected', reason: { code: 'disk-full' } })),
    );
    expect(assertLedgerIntegrity(ledger)).toEqual(before);
    rmSync(ballast);
    await close();
  });

  it.each([
    ['when it is committed', 100],
    ['long before', 600], // more than the writer holds in memory
  ])('refuses an import that does not fit, which shows %s, and stores nothing of it', async (_, entries) => {
    const source = join(createTemporaryDirectory(), 'ledger.db');
    const writer = new LedgerWriter(source);
    for (let n = 0; n < entries; n++) writer.commit([createAppend(`b-${n}`, -1, ['x'.repeat(50_000)])]);
    writer.close();
    const large = new SqliteLedger(source);
    async function* pages(): AsyncGenerator<readonly Entry[]> {
      for (let entry = 0; entry < entries; entry += 20)
        yield await Promise.resolve(large.readAfter(entry, 20));
    }
    const empty = join(diskPath ?? '', `empty-${entries}.db`);
    const taking = await SqliteSequencer.open(empty, (sentence) => lost.push(sentence));
    const read = new SqliteLedger(empty);
    await expect(taking.importEntries(pages(), null)).rejects.toMatchObject({ code: 'disk-full' });
    expect(assertLedgerIntegrity(read)).toEqual([]);
    expect(await taking.append(createAppend('a-1', -1))).toMatchObject({ outcome: 'appended', entry: 1 });
    expect(assertLedgerIntegrity(read)).toHaveLength(1);
    expect(lost).toEqual([]);
    await taking.close();
    for (const each of [read, large]) each.close();
    for (const end of ['', '-wal', '-shm']) rmSync(empty + end, { force: true });
  });

  async function writtenUntilRefused(): Promise<unknown[]> {
    for (let attempt = 0; attempt < 100; attempt++) {
      try {
        await write();
      } catch (error) {
        return [error];
      }
    }
    throw new Error('the disk never got full');
  }
});
