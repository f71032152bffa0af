// The cost of proofs: of the tree while events are recorded, and of computing a proof.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Append } from '../src/ledger/sequencer.js';
import { LedgerWriter } from '../src/ledger/sqlite/ledger-writer.js';
import { ENTRY_COLUMNS } from '../src/ledger/sqlite/entry-row.js';
import { SqliteLedger } from '../src/ledger/sqlite/sqlite-ledger.js';
import { MerkleTreeWriter } from '../src/ledger/sqlite/sqlite-tile-store.js';
import type { Fixtures } from './fixtures.js';
import { compareFigures, runInterleaved, measureRate, type Benchmark } from './benchmark.js';
import { createEvent, workload } from './workload.js';

const ROUNDS = 7;
const PROOFS = 5_000;

// eslint-disable-next-line @typescript-eslint/unbound-method -- it is restored below
const { push } = MerkleTreeWriter.prototype;

function measureAppendRate(
  directory: string,
  appends: readonly Append[],
  perTransaction: number,
  withTree: boolean,
): number {
  MerkleTreeWriter.prototype.push = withTree ? push : () => undefined;
  const writer = new LedgerWriter(join(directory, 'ledger.db'));
  try {
    return measureRate(appends.length, () => {
      for (let from = 0; from < appends.length; from += perTransaction)
        writer.commit(appends.slice(from, from + perTransaction));
    });
  } finally {
    writer.close();
    MerkleTreeWriter.prototype.push = push;
  }
}

const defineAppends = (count: number, perTransaction: number) => async (fixtures: Fixtures) => {
  const appends = Array.from({ length: count }, (_, n): Append => ({
    stream: workload.stream,
    expectedRevision: n - 1,
    events: [createEvent(workload.event, workload.command, workload.data(`s${n}`))],
    requires: [],
  }));
  const { tree, none } = await runInterleaved(ROUNDS, {
    tree: () =>
      fixtures.useDirectory((directory) => measureAppendRate(directory, appends, perTransaction, true)),
    none: () =>
      fixtures.useDirectory((directory) => measureAppendRate(directory, appends, perTransaction, false)),
  });
  const row = `durable appends with the tree, ${perTransaction} a transaction`;
  return [
    compareFigures(
      { row, unit: 'events/s', reference: 'the same without the tree', aim: { atLeast: 0.85 } },
      tree,
      none,
    ),
  ];
};

/** Pseudo-random indexes, the same in each round. */
const pickIndex = (n: number, among: number): number => (n * 7_919 + 104_729) % among;

export const proofBenchmarks: readonly Benchmark[] = [
  { name: 'appends-tree-64', measure: defineAppends(20_000, 64) },
  { name: 'appends-tree-1', measure: defineAppends(2_000, 1) },
  {
    name: 'proof',
    async measure(fixtures) {
      const file = join(fixtures.getBookDirectory(), 'ledger.db');
      const point = new Database(file, { readonly: true });
      const read = point.prepare<[number]>(`SELECT ${ENTRY_COLUMNS} FROM entries WHERE entry = ?`);
      const { inclusion, reads } = await runInterleaved(ROUNDS, {
        inclusion: () => {
          const ledger = new SqliteLedger(file); // with no tile in the cache
          const figure = measureRate(PROOFS, () => {
            for (let n = 0; n < PROOFS; n++)
              ledger.tree.getInclusionProof(pickIndex(n, fixtures.entries), fixtures.entries);
          });
          ledger.close();
          return figure;
        },
        reads: () =>
          measureRate(PROOFS, () => {
            for (let n = 0; n < PROOFS; n++) read.get(1 + pickIndex(n, fixtures.entries));
          }),
      });
      point.close();
      const row = `an inclusion proof among ${fixtures.entries} entries`;
      const reference = 'a point read of an entry';
      return [compareFigures({ row, unit: 'proofs/s', reference, aim: { atLeast: 0.33 } }, inclusion, reads)];
    },
  },
];
