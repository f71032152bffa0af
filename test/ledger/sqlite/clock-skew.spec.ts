import { join } from 'node:path';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { NotWrittenError } from '../../../src/ledger/sqlite/write-errors.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { createAppend } from '../support/create-append.js';
import { createTemporaryDirectory } from '../support/temporary-directory.js';
import { assertLedgerIntegrity } from '../support/ledger-integrity.js';

const noon = Date.parse('2026-11-23T12:00:00.000Z');

describe('a clock behind the last entry', () => {
  let now: number;
  let writer: LedgerWriter;
  let ledger: SqliteLedger;
  beforeEach(() => {
    now = noon;
    const file = join(createTemporaryDirectory(), 'ledger.db');
    writer = new LedgerWriter(file, () => now);
    ledger = new SqliteLedger(file);
    writer.commit([createAppend('a-1', -1)]);
  });
  afterEach(() => {
    assertLedgerIntegrity(ledger);
    ledger.close();
    writer.close();
  });

  it.each([1, 5_000])('by %d ms: records the time of the last entry', (behind) => {
    now = noon - behind;
    expect(writer.commit([createAppend('a-1', 0)])).toEqual([
      { outcome: 'appended', entry: 2, recordedAt: '2026-11-23T12:00:00.000Z' },
    ]);
  });

  it('or at a time that no entry can express: refuses appends', () => {
    now = Date.UTC(10_000, 0, 1);
    expect(() => writer.commit([createAppend('a-1', 0)])).toThrow(/\+010000-01-01.*correct the clock/);
    expect(ledger.getHead().entry).toBe(1);
  });

  it('by more: refuses appends until it is corrected', () => {
    now = noon - 5_001;
    const refused = () => writer.commit([createAppend('a-1', 0), createAppend('a-2', -1)]);
    expect(refused).toThrow(NotWrittenError);
    expect(refused).toThrow(
      /recorded at 2026-11-23T12:00:00.000Z, but this machine's clock is at 2026-11-23T11:59:54.999Z/,
    );
    expect(ledger.getHead().entry).toBe(1);
    now = noon + 1;
    expect(writer.commit([createAppend('a-1', 0)])).toMatchObject([
      { recordedAt: '2026-11-23T12:00:00.001Z' },
    ]);
  });
});

it('finds the last entry at an instant', () => {
  let now = noon;
  const file = join(createTemporaryDirectory(), 'ledger.db');
  const writer = new LedgerWriter(file, () => now);
  for (const ms of [0, 0, 5, 9, 9, 9]) {
    now = noon + ms;
    writer.commit([createAppend(`a-${writer.head}`, -1)]);
  }
  const ledger = new SqliteLedger(file);
  const at = (ms: number) => ledger.findEntryNumberByTime(new Date(noon + ms).toISOString());
  expect([-1, 0, 4, 5, 8, 9, 10].map(at)).toEqual([0, 2, 2, 3, 3, 6, 6]);
  ledger.close();
  writer.close();
});
