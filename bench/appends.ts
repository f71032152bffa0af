// Durable appends through the sequencer.
import { join } from 'node:path';
import type { Append } from '../src/ledger/sequencer.js';
import { SqliteSequencer } from '../src/ledger/sqlite/sqlite-sequencer.js';
import { measureBareInserts, toRows } from './bare-sqlite.js';
import type { Fixtures } from './fixtures.js';
import { compareFigures, runInterleaved, type Benchmark } from './benchmark.js';
import { createEvent, workload } from './workload.js';

const ROUNDS = 7;

/** Each caller appends to a stream of its own, one append after the other. */
function createAppends(callers: number, count: number): Append[] {
  return Array.from({ length: count }, (_, n) => ({
    stream: `source-c${n % callers}`,
    expectedRevision: Math.floor(n / callers) - 1,
    events: [createEvent(workload.event, workload.command, workload.data(`s${n}`))],
    requires: [],
  }));
}

async function measureAppends(
  directory: string,
  appends: readonly Append[],
  callers: number,
): Promise<number> {
  const sequencer = await SqliteSequencer.open(join(directory, 'ledger.db'), (sentence) => {
    throw new Error(sentence);
  });
  try {
    const caller = async (first: number) => {
      for (let n = first; n < appends.length; n += callers) {
        const { outcome } = await sequencer.append(appends[n] as Append);
        if (outcome !== 'appended') throw new Error(`An append ended as ${outcome}.`);
      }
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: callers }, (_, first) => caller(first)));
    return (appends.length * 1000) / (performance.now() - startedAt);
  } finally {
    await sequencer.close();
  }
}

const defineMeasure =
  (row: string, callers: number, count: number, perTransaction: number) => async (fixtures: Fixtures) => {
    const appends = createAppends(callers, count);
    const rows = toRows(appends);
    const { sequencer, bare } = await runInterleaved(ROUNDS, {
      sequencer: () => fixtures.useDirectory((directory) => measureAppends(directory, appends, callers)),
      bare: () => fixtures.useDirectory((directory) => measureBareInserts(directory, rows, perTransaction)),
    });
    const reference = `bare SQLite, ${perTransaction} a transaction, FULL`;
    return [compareFigures({ row, unit: 'events/s', reference, aim: { atLeast: 0.5 } }, sequencer, bare)];
  };

export const appendBenchmarks: readonly Benchmark[] = [
  { name: 'appends-64', measure: defineMeasure('durable appends, 64 callers at once', 64, 20_000, 100) },
  { name: 'appends-1', measure: defineMeasure('durable appends, one at a time', 1, 3_000, 1) },
];
