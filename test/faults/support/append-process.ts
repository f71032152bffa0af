// A process that appends to a data directory as the server does, through the writer's thread, and reports each
// outcome on its standard output. It ends by SIGKILL, or closes the ledger if told so by an argument.
import { writeSync } from 'node:fs';
import { DataDirectory } from '../../../src/ledger/data-directory.js';
import { UnavailableError } from '../../../src/ledger/sequencer.js';
import { LedgerUnusableError } from '../../../src/ledger/ledger-unusable-error.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { SqliteSequencer } from '../../../src/ledger/sqlite/sqlite-sequencer.js';
import { createAppend } from '../../ledger/support/create-append.js';
import { INDEXED_FIELDS } from './indexed-fields.js';

/** Appends that are made at once, each of two events; the numbers are the lengths of the first one's text. */
export type AppendStep = readonly number[];
export type OutputLine =
  /** Both events are acknowledged: the entry and the id of the second. */
  | { readonly acknowledged: number; readonly id: string }
  | { readonly refused: string; readonly id: string }
  | { readonly ended: string };

const writeLine = (line: OutputLine): void => void writeSync(1, `${JSON.stringify(line)}\n`);
const exitWithMessage = (sentence: string): never => {
  writeLine({ ended: sentence });
  process.exit(1);
};

const [, , path = '', steps = '[]', close] = process.argv;
try {
  const directory = DataDirectory.lock(path);
  const sequencer = await SqliteSequencer.open(directory.ledgerFile, exitWithMessage, {
    indexedFields: INDEXED_FIELDS,
  });
  const ledger = new SqliteLedger(directory.ledgerFile);
  const revisions = new Map<string, number>();
  for (const step of JSON.parse(steps) as AppendStep[])
    await Promise.all(
      step.map(async (length, index) => {
        const stream = `a-${index}`;
        const revision = revisions.get(stream) ?? ledger.getStreamRevision(stream);
        const append = createAppend(stream, revision, ['x'.repeat(length), 'and more']);
        const id = append.events[1]?.id ?? '';
        for (let attempt = 0; attempt < 3; attempt++)
          try {
            const outcome = await sequencer.append(append);
            if (outcome.outcome !== 'appended') throw new Error(outcome.outcome);
            revisions.set(stream, revision + 2);
            writeLine({ acknowledged: outcome.entry + 1, id });
            break;
          } catch (error) {
            if (!(error instanceof UnavailableError)) throw error;
            writeLine({ refused: error.code, id });
          }
      }),
    );
  if (close === undefined) process.kill(process.pid, 'SIGKILL');
  await sequencer.close();
  ledger.close();
  directory.unlock();
} catch (error) {
  if (!(error instanceof LedgerUnusableError)) throw error;
  exitWithMessage(error.message);
}
