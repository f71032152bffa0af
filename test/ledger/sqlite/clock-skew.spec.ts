import { join } from 'node:path';
import { LedgerWriter, NotWritten } from '../../../src/ledger/sqlite/ledger-writer.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { append } from '../support/create-append.js';
import { folder } from '../support/temporary-directory.js';
import { whole } from '../support/ledger-integrity.js';

const noon = Date.parse('2026-11-23T12:00:00.000Z');

describe('a clock behind the last entry', () => {
  let now: number;
  let writer: LedgerWriter;
  let ledger: SqliteLedger;
  beforeEach(() => {
    now = noon;
    const file = join(folder(), 'ledger.db');
    writer = new LedgerWriter(file, () => now);
    ledger = new SqliteLedger(file);
    writer.commit([append('a-1', -1)]);
  });
  afterEach(() => {
    whole(ledger);
    ledger.close();
    writer.close();
  });

  it.each([1, 5_000])('by %d ms: the time of the last entry counts', (behind) => {
    now = noon - behind;
    expect(writer.commit([append('a-1', 0)])).toEqual([
      { outcome: 'appended', entry: 2, recordedAt: '2026-11-23T12:00:00.000Z' },
    ]);
  });

  it('by more: nothing is written until it is right again', () => {
    now = noon - 5_001;
    const refused = () => writer.commit([append('a-1', 0), append('a-2', -1)]);
    expect(refused).toThrow(NotWritten);
    expect(refused).toThrow(
      /recorded at 2026-11-23T12:00:00.000Z, but this machine's clock says 2026-11-23T11:59:54.999Z/,
    );
    expect(ledger.head().entry).toBe(1);
    now = noon + 1;
    expect(writer.commit([append('a-1', 0)])).toMatchObject([{ recordedAt: '2026-11-23T12:00:00.001Z' }]);
  });
});

it('finds the last entry of a moment', () => {
  let now = noon;
  const file = join(folder(), 'ledger.db');
  const writer = new LedgerWriter(file, () => now);
  for (const ms of [0, 0, 5, 9, 9, 9]) {
    now = noon + ms;
    writer.commit([append(`a-${writer.head}`, -1)]);
  }
  const ledger = new SqliteLedger(file);
  const at = (ms: number) => ledger.entryAt(new Date(noon + ms).toISOString());
  expect([-1, 0, 4, 5, 8, 9, 10].map(at)).toEqual([0, 2, 2, 3, 3, 6, 6]);
  ledger.close();
  writer.close();
});
