// A process that appends to a ledger and prints the outcome of each append, a line each.
import { writeSync } from 'node:fs';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { LedgerStateUnknownError, NotWrittenError } from '../../../src/ledger/sqlite/write-errors.js';
import { LedgerUnusableError } from '../../../src/ledger/ledger-unusable-error.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { createAppend } from './create-append.js';

export type OutputLine =
  | { readonly appended: number; readonly entry: number }
  | { readonly refused: number; readonly code: string; readonly message: string }
  | { readonly ended: string };

const writeLine = (line: OutputLine): void => void writeSync(1, `${JSON.stringify(line)}\n`);
const [, , file = '', appends = '0'] = process.argv;
try {
  const writer = new LedgerWriter(file);
  // Another connection, as in the server: the log outlives that of the writer.
  const ledger = new SqliteLedger(file);
  for (let number = 0; number < Number(appends); number++) {
    const append = createAppend('a-1', ledger.getStreamRevision('a-1'), [String(number), 'and more']);
    for (let attempt = 0; attempt < 3; attempt++)
      try {
        const [outcome] = writer.commit([append]);
        if (outcome?.outcome === 'appended') writeLine({ appended: number, entry: outcome.entry });
        break;
      } catch (error) {
        if (!(error instanceof NotWrittenError)) throw error;
        writeLine({ refused: number, code: error.code, message: error.message });
      }
  }
} catch (error) {
  if (!(error instanceof LedgerStateUnknownError || error instanceof LedgerUnusableError)) throw error;
  writeLine({ ended: error.message });
  process.exit(1);
}
