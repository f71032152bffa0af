// npm run bench: measures each row against a reference. Rows can be named; --json also writes the figures to a file.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { appendBenchmarks } from './appends.js';
import { clusterBenchmarks } from './cluster.js';
import { commandBenchmarks } from './command-throughput.js';
import { Fixtures } from './fixtures.js';
import { LONG_MEETING_STATEMENT_COUNT } from './generated-book.js';
import { hostileRequestBenchmarks } from './hostile-requests.js';
import { projectorBenchmarks } from './projector.js';
import { memoryGrowthBenchmarks } from './memory-growth.js';
import { proofBenchmarks } from './proofs.js';
import { readBenchmarks } from './reads.js';
import { formatAim, type Measurement, isAimReached, type Benchmark } from './benchmark.js';
import { serverStartBenchmarks } from './server-start.js';

/** Half of the entries are statements, and the long meeting must be complete. */
const LEAST_ENTRIES = 3 * LONG_MEETING_STATEMENT_COUNT;

const benchmarks: readonly Benchmark[] = [
  ...appendBenchmarks,
  ...commandBenchmarks,
  ...clusterBenchmarks,
  ...projectorBenchmarks,
  ...proofBenchmarks,
  ...readBenchmarks,
  ...serverStartBenchmarks,
  ...memoryGrowthBenchmarks,
  ...hostileRequestBenchmarks,
];

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    /** The directory of all files, whose disk is measured. */
    directory: { type: 'string', default: tmpdir() },
    /** The number of entries of the large book. */
    entries: { type: 'string', default: '200000' },
  },
});
const entries = Number(options.entries);
if (!Number.isSafeInteger(entries) || entries < LEAST_ENTRIES) {
  console.error(`--entries is "${options.entries}", but must be ${LEAST_ENTRIES} or more.`);
  process.exit(2);
}
const unknown = names.find((name) => !benchmarks.some((row) => row.name === name));
if (unknown !== undefined) {
  console.error(
    `There is no row "${unknown}"; the rows are ${benchmarks.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

const machine = {
  cores: cpus().length,
  processor: cpus()[0]?.model ?? 'unknown',
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  node: process.version,
  sqlite: new Database(':memory:').prepare('SELECT sqlite_version()').pluck().get(),
  platform: process.platform,
  directory: options.directory,
  loadBefore: loadavg()[0],
  at: new Date().toISOString(),
};
console.log(
  `${machine.cores} cores (${machine.processor}), ${machine.memory}, Node.js ${machine.node}, ` +
    `SQLite ${String(machine.sqlite)}, ${machine.platform}, files in ${machine.directory}, ` +
    `load ${machine.loadBefore?.toFixed(1)} before the start\n`,
);

const formatNumber = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : value.toPrecision(value < 1 ? 2 : 3);
const COLUMNS = [
  ['row', 46, (m: Measurement) => m.row],
  ['figure', 18, (m: Measurement) => `${formatNumber(m.figure)} ${m.unit}`],
  ['reference', 44, (m: Measurement) => m.reference],
  ['its figure', 10, (m: Measurement) => formatNumber(m.referenceFigure)],
  [
    'ratio (of rounds)',
    20,
    (m: Measurement) => `${formatNumber(m.ratio)} (${m.spread.map(formatNumber).join(' to ')})`,
  ],
  ['aim', 10, formatAim],
  ['', 0, (m: Measurement) => ({ true: 'reached', false: 'MISSED' })[String(isAimReached(m))] ?? ''],
] as const;
const printLine = (cell: (column: (typeof COLUMNS)[number]) => string): void =>
  console.log(
    COLUMNS.map((column) => cell(column).padEnd(column[1]))
      .join('  ')
      .trimEnd(),
  );

const fixtures = new Fixtures(options.directory, entries);
const measurements: Measurement[] = [];
printLine(([title]) => title);
for (const { name, measure } of benchmarks) {
  if (names.length > 0 && !names.includes(name)) continue;
  for (const one of await measure(fixtures)) {
    measurements.push(one);
    printLine(([, , text]) => text(one));
  }
}
await fixtures.close();
if (options.json !== undefined)
  writeFileSync(options.json, `${JSON.stringify({ machine, rows: measurements }, null, 2)}\n`);
