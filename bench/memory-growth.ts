// Whether memory grows with the length of an operation. Each figure is that of a new process.
import { measureImport, startPreparedServer, type BenchCommand } from './command-throughput.js';
import type { Fixtures } from './fixtures.js';
import { generateBook } from './generated-book.js';
import { measurePeakMemory } from './resident-memory.js';
import { compareFigures, runInterleaved, type Benchmark } from './benchmark.js';
import { createOpenCommand, createScheduleCommand, createStatementData } from './workload.js';

const ROUNDS = 2;
const LINES = 100_000;
/**
 * The reference is this part of the same operation; a smaller part would not even reach the base memory of a new
 * process.
 */
const DIVISOR = 4;

/**
 * Lines of one meeting. The state of a stream is in memory while it is appended to, so one stream for all lines would
 * grow.
 */
const MEETING_LINES = 1_000;

const createMeetings = (lines: number): BenchCommand[] =>
  Array.from({ length: lines }, (_, n) => {
    const meeting = `sitting${Math.floor(n / MEETING_LINES)}`;
    if (n % MEETING_LINES === 0) return createScheduleCommand(meeting, 'committee');
    if (n % MEETING_LINES === 1) return createOpenCommand(meeting);
    return { command: 'record-statement', data: createStatementData(meeting, `line${n}`, n) };
  });

async function measureImportPeak(fixtures: Fixtures, lines: number): Promise<number> {
  const server = await startPreparedServer(fixtures);
  const peak = await measurePeakMemory(server, measureImport(server, createMeetings(lines)));
  await server.stop();
  return peak;
}

/** Reads the event feed of the large book from its first entry to one of its last. */
async function followEvents(url: string, until: number): Promise<void> {
  const controller = new AbortController();
  const answer = await fetch(`${url}/events?after=0`, {
    headers: { accept: 'text/event-stream' },
    signal: controller.signal,
  });
  if (!answer.body) throw new Error('The feed has no body.');
  let tail = '';
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
    tail += text;
    const last = tail.lastIndexOf('\nid: ');
    if (Number.parseInt(tail.slice(last + 5)) >= until && tail.endsWith('\n\n')) break;
    tail = tail.slice(Math.max(last, 0));
  }
  controller.abort();
}

async function measureFeedPeak(fixtures: Fixtures, directory: string, until: number): Promise<number> {
  const server = await fixtures.startServer(directory);
  const peak = await measurePeakMemory(server, followEvents(server.url, until));
  await server.stop();
  return peak;
}

async function measureExportPeak(fixtures: Fixtures, directory: string, entries: number): Promise<number> {
  const server = await fixtures.startServer(directory);
  const exporting = async () => {
    const answer = await fetch(`${server.url}/events`, { headers: { accept: 'application/x-ndjson' } });
    if (!answer.body) throw new Error('The export has no body.');
    let lines = 0;
    for await (const chunk of answer.body) for (const byte of chunk) if (byte === 10) lines++;
    if (lines !== entries + 1) throw new Error(`The export of ${entries} entries has ${lines} lines.`);
  };
  const peak = await measurePeakMemory(server, exporting());
  await server.stop();
  return peak;
}

const reference = 'a quarter of the operation';
const aim = { atMostMore: 100 };

export const memoryGrowthBenchmarks: readonly Benchmark[] = [
  {
    name: 'memory-import',
    async measure(fixtures) {
      const { all, part } = await runInterleaved(ROUNDS, {
        all: () => measureImportPeak(fixtures, LINES),
        part: () => measureImportPeak(fixtures, LINES / DIVISOR),
      });
      return [
        compareFigures({ row: `memory, import of ${LINES} lines`, unit: 'MB', reference, aim }, all, part),
      ];
    },
  },
  {
    name: 'memory-export',
    async measure(fixtures) {
      const [directory, part] = [await fixtures.getProjectedBook(), Math.floor(fixtures.entries / DIVISOR)];
      const { all, some } = await fixtures.useDirectory(async (smaller) => {
        generateBook(smaller, part);
        await (await fixtures.startBookServer(smaller)).stop();
        return runInterleaved(ROUNDS, {
          all: () => measureExportPeak(fixtures, directory, fixtures.entries),
          some: () => measureExportPeak(fixtures, smaller, part),
        });
      });
      const row = `memory, export of ${fixtures.entries} entries`;
      return [compareFigures({ row, unit: 'MB', reference, aim }, all, some)];
    },
  },
  {
    name: 'memory-feed',
    async measure(fixtures) {
      const directory = await fixtures.getProjectedBook();
      const until = (entries: number) => () => measureFeedPeak(fixtures, directory, entries);
      const { all, part } = await runInterleaved(ROUNDS, {
        all: until(fixtures.entries),
        part: until(Math.floor(fixtures.entries / DIVISOR)),
      });
      const row = `memory, subscription to ${fixtures.entries} entries`;
      return [compareFigures({ row, unit: 'MB', reference, aim }, all, part)];
    },
  },
];
