// What a process writes and syncs is recorded, every disk is made that a power loss at any moment can leave of it
// (the rules stand in support/disk.ts), and the book is opened on each: it opens, it holds what was acknowledged
// byte by byte, it holds nothing in halves, its file is whole, and it goes on.
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
  ])('%s takes nothing that was acknowledged', (_, samples, atLeast, ...lives) => {
    const { states, problems } = testPowerLosses(recordRuns(lives), samples);
    expect([...problems]).toEqual([]);
    expect(states).toBeGreaterThan(atLeast);
  });

  it('after a commit that failed and a restart takes nothing that was acknowledged', () => {
    const { states, problems } = testPowerLosses(recordFailedCommit(), 4);
    expect([...problems]).toEqual([]);
    expect(states).toBeGreaterThan(300);
  });

  it('while the log is written into the main file and begun anew takes nothing that was acknowledged', () => {
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
