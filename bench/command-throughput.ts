// Commands over HTTP, including their read models.
import { measureBareInserts, toRows } from './bare-sqlite.js';
import type { JsonObject } from '../src/json/json.js';
import type { BookServerProcess, Fixtures, ServerSettings } from './fixtures.js';
import { CONNECTIONS, runLoad } from './http-load.js';
import { compareFigures, runInterleaved, type Benchmark } from './benchmark.js';
import {
  MEETING,
  createEvent,
  createOpenCommand,
  createScheduleCommand,
  createStatementData,
  workload,
} from './workload.js';

const ROUNDS = 4;
const SECONDS = 2;
const LINE_COUNT = 50_000;
const IMPORT_ROUNDS = 2;
const BARE_REFERENCE = 'bare SQLite, 100 a transaction, FULL';

/** The number of ids used in this run. */
let usedIds = 0;
const nextId = (): string => `s${usedIds++}`;

const prepareBareInserts = (fixtures: Fixtures): (() => Promise<number>) => {
  const rows = toRows(
    Array.from({ length: 20_000 }, (_, n) => ({
      stream: workload.stream,
      expectedRevision: n - 1,
      events: [createEvent(workload.event, workload.command, workload.data(`s${n}`))],
      requires: [],
    })),
  );
  return () => fixtures.useDirectory((directory) => measureBareInserts(directory, rows, 100));
};

/** Commands per second, each with an id of its own. */
export async function measurePosts(
  url: string,
  authorization: string,
  data: (id: string) => JsonObject = workload.data,
  connections = CONNECTIONS,
): Promise<number> {
  const { perSecond } = await runLoad(SECONDS, {
    url,
    connections,
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    requests: [{ setupRequest: (request) => ({ ...request, body: JSON.stringify(data(nextId())) }) }],
  });
  return perSecond;
}

/** A server on a new book in which the workload can be recorded, and statements in these meetings. */
export async function startPreparedServer(
  fixtures: Fixtures,
  settings: ServerSettings = {},
  meetings: readonly string[] = [],
): Promise<BookServerProcess> {
  const server = await fixtures.startBookServer(fixtures.makeDirectory(), settings);
  const others = meetings.filter((meeting) => meeting !== MEETING);
  const more = others.flatMap((meeting) => [
    createScheduleCommand(meeting, 'committee'),
    createOpenCommand(meeting),
  ]);
  for (const { command, data } of [...workload.setup, ...more]) {
    const answer = await fetch(`${server.url}/commands/${command}`, {
      method: 'POST',
      headers: { authorization: server.authorization, 'content-type': 'application/json' },
      body: JSON.stringify(data),
    });
    if (answer.status !== 201) throw new Error(`${command}: ${await answer.text()}`);
  }
  return server;
}

export type BenchCommand = { readonly command: string; readonly data: JsonObject };

const createStatements = (): BenchCommand[] =>
  Array.from({ length: LINE_COUNT }, () => ({ command: workload.command, data: workload.data(nextId()) }));

/** Lines per second until the answer is complete and every read model has every entry. */
export async function measureImport(
  { url, authorization, statuses }: BookServerProcess,
  lines: readonly BenchCommand[],
): Promise<number> {
  const body = lines.map((line) => JSON.stringify(line)).join('\n');
  const startedAt = performance.now();
  const answer = await fetch(`${url}/commands`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-ndjson' },
    body,
  });
  const results = (await answer.text()).trimEnd().split('\n');
  while ((await statuses()).some(({ lag }) => lag > 0)) continue;
  const milliseconds = performance.now() - startedAt;
  const recorded = results.filter((line) => line.includes('"status":201')).length;
  if (recorded !== lines.length)
    throw new Error(`${recorded} of ${lines.length} lines were recorded: ${results.at(-1)}`);
  return (lines.length * 1000) / milliseconds;
}

const CORRECTIONS = 50;
const [SHORT_MEETING, LONG_MEETING] = [
  { meeting: 'short', statements: 100 },
  { meeting: 'long', statements: 10_000 },
] as const;

/** Milliseconds of one correction, read models included. Each statement is corrected to another text each time. */
async function measureCorrections(
  { url, authorization }: BookServerProcess,
  meeting: string,
): Promise<number> {
  const round = nextId();
  const startedAt = performance.now();
  for (let n = 0; n < CORRECTIONS; n++) {
    const data = createStatementData(meeting, `s${n}`, n);
    const answer = await fetch(`${url}/commands/correct-fact`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      // The meeting was scheduled and opened before its statements.
      body: JSON.stringify({
        fact: `meeting-${meeting}@${n + 2}`,
        with: { ...data, text: `Corrected ${round}.` },
        reason: 'misread',
      }),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
    await answer.arrayBuffer();
  }
  return (performance.now() - startedAt) / CORRECTIONS;
}

export const commandBenchmarks: readonly Benchmark[] = [
  {
    name: 'correction',
    async measure(fixtures) {
      const meetings = [SHORT_MEETING, LONG_MEETING];
      const product = await startPreparedServer(
        fixtures,
        {},
        meetings.map(({ meeting }) => meeting),
      );
      for (const { meeting, statements } of meetings)
        await measureImport(
          product,
          Array.from({ length: statements }, (_, n) => ({
            command: workload.command,
            data: createStatementData(meeting, `s${n}`, n),
          })),
        );
      const { long, short } = await runInterleaved(ROUNDS, {
        long: () => measureCorrections(product, LONG_MEETING.meeting),
        short: () => measureCorrections(product, SHORT_MEETING.meeting),
      });
      await product.stop();
      const row = `correct-fact in a meeting of ${LONG_MEETING.statements} statements`;
      const reference = `the same in one of ${SHORT_MEETING.statements}`;
      return [compareFigures({ row, unit: 'ms', reference, aim: { atMost: 2 } }, long, short)];
    },
  },
  {
    name: 'command',
    async measure(fixtures) {
      const product = await startPreparedServer(fixtures);
      const empty = await fixtures.startReferenceServer('');
      const { command, nothing, bare } = await runInterleaved(ROUNDS, {
        command: () => measurePosts(`${product.url}/commands/${workload.command}`, product.authorization),
        nothing: () => measurePosts(`${empty.url}/`, product.authorization),
        bare: prepareBareInserts(fixtures),
      });
      await Promise.all([product.stop(), empty.stop()]);
      const row = `POST /commands/${workload.command}, 64 connections`;
      const lower = nothing.map((figure, round) => Math.min(figure, bare[round] ?? 0));
      const reference = 'lower of: empty handler; bare SQLite';
      return [
        compareFigures({ row, unit: 'commands/s', reference, aim: { atLeast: 0.3 } }, command, lower),
        compareFigures({ row, unit: 'commands/s', reference: BARE_REFERENCE }, command, bare),
      ];
    },
  },
  {
    name: 'import',
    async measure(fixtures) {
      const product = await startPreparedServer(fixtures);
      const { imported, bare } = await runInterleaved(IMPORT_ROUNDS, {
        imported: () => measureImport(product, createStatements()),
        bare: prepareBareInserts(fixtures),
      });
      await product.stop();
      const row = `NDJSON import of ${LINE_COUNT} statements, read models included`;
      return [
        compareFigures(
          { row, unit: 'entries/s', reference: BARE_REFERENCE, aim: { atLeast: 0.25 } },
          imported,
          bare,
        ),
      ];
    },
  },
];
