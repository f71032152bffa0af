// npm run bench: what is fast, and against what. Rows can be named; --json writes the figures to a file, too.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { appends } from './appends.js';
import { cluster } from './cluster.js';
import { commands } from './commands.js';
import { Fixtures } from './fixtures.js';
import { LONG_MEETING } from './generated-book.js';
import { folding } from './projector.js';
import { memory } from './memory-growth.js';
import { proofs } from './proofs.js';
import { reads } from './reads.js';
import { aimOf, type Measured, reached, type Row } from './benchmark.js';
import { starts } from './server-start.js';

/** Half of a book are statements, and the long meeting is read to its end. */
const LEAST_ENTRIES = 3 * LONG_MEETING;

const rows: readonly Row[] = [
  ...appends,
  ...commands,
  ...cluster,
  ...folding,
  ...proofs,
  ...reads,
  ...starts,
  ...memory,
];

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    /** Where the files are; its disk is what is measured. */
    directory: { type: 'string', default: tmpdir() },
    /** Of the large book. */
    entries: { type: 'string', default: '200000' },
  },
});
const entries = Number(options.entries);
if (!Number.isSafeInteger(entries) || entries < LEAST_ENTRIES) {
  console.error(`--entries is "${options.entries}", but must be ${LEAST_ENTRIES} or more.`);
  process.exit(2);
}
const unknown = names.find((name) => !rows.some((row) => row.name === name));
if (unknown !== undefined) {
  console.error(`There is no row "${unknown}"; there are ${rows.map(({ name }) => name).join(', ')}.`);
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

const number = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : value.toPrecision(value < 1 ? 2 : 3);
const COLUMNS = [
  ['row', 46, (m: Measured) => m.row],
  ['figure', 18, (m: Measured) => `${number(m.figure)} ${m.unit}`],
  ['reference', 44, (m: Measured) => m.reference],
  ['its figure', 10, (m: Measured) => number(m.referenceFigure)],
  ['ratio (of rounds)', 20, (m: Measured) => `${number(m.ratio)} (${m.spread.map(number).join(' to ')})`],
  ['aim', 10, aimOf],
  ['', 0, (m: Measured) => ({ true: 'reached', false: 'MISSED' })[String(reached(m))] ?? ''],
] as const;
const line = (cell: (column: (typeof COLUMNS)[number]) => string): void =>
  console.log(
    COLUMNS.map((column) => cell(column).padEnd(column[1]))
      .join('  ')
      .trimEnd(),
  );

const fixtures = new Fixtures(options.directory, entries);
const measured: Measured[] = [];
line(([title]) => title);
for (const { name, measure } of rows) {
  if (names.length > 0 && !names.includes(name)) continue;
  for (const one of await measure(fixtures)) {
    measured.push(one);
    line(([, , text]) => text(one));
  }
}
await fixtures.close();
if (options.json !== undefined)
  writeFileSync(options.json, `${JSON.stringify({ machine, rows: measured }, null, 2)}\n`);
