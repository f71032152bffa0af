// The writes and syncs of a process are recorded, every disk is built that a power loss at any moment can leave (by the
// rules in support/disk-model.ts), and the ledger is opened on each: it opens, it has all acknowledged entries byte by byte,
// it has no partial append, its file is intact, and it continues.
import { hasStrace } from '../support/strace.js';
import {
  recordFailedCommit,
  LARGE_STEPS,
  type ProcessRun,
  testPowerLosses,
  recordRuns,
  SMALL_STEPS,
} from './support/ledger-power-loss.js';

(hasStrace() ? describe : describe.skip)('a power loss', () => {
  it.each<[string, number, number, ...ProcessRun[]]>([
    [
      'in a new directory, and after a kill and a restart,',
      10,
      800,
      { steps: SMALL_STEPS },
      { steps: SMALL_STEPS },
    ],
    ['while it is closed and opened again', 8, 500, { steps: SMALL_STEPS, close: true }, { steps: [[10]] }],
  ])('%s loses no acknowledged entry', (_, samples, atLeast, ...runs) => {
    const { states, problems } = testPowerLosses(recordRuns(runs), samples);
    expect([...problems]).toEqual([]);
    expect(states).toBeGreaterThan(atLeast);
  });

  it('after a failed commit and a restart loses no acknowledged entry', () => {
    const { states, problems } = testPowerLosses(recordFailedCommit(), 4);
    expect([...problems]).toEqual([]);
    expect(states).toBeGreaterThan(300);
  });

  it('during a wal_checkpoint that restarts the log loses no acknowledged entry', () => {
    const book = recordRuns([{ steps: LARGE_STEPS }]);
    const begun = book.operations.filter(
      (each) => each.is === 'write' && each.path.endsWith('-wal') && each.offset === 0,
    );
    expect(begun.length).toBeGreaterThan(2); // for the schema, for the entries, after the checkpoint
    const { states, problems } = testPowerLosses(book, 2);
    expect([...problems]).toEqual([]);
    expect(states).toBeGreaterThan(200);
  });
});
