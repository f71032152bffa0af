// Whether memory grows with the length of what is done. Each figure is that of a new process.
import { importing, prepared, type Wording } from './commands.js';
import type { Fixtures } from './fixtures.js';
import { generateBook } from './generated-book.js';
import { peakDuring } from './resident-memory.js';
import { compared, interleaved, type Row } from './benchmark.js';
import { opened, scheduled, statement } from './workload.js';

const ROUNDS = 2;
const LINES = 100_000;
/** The reference is such a part of the same: less, and a new process would not have grown to what it needs at all. */
const PART = 4;

/** Lines of one meeting. A stream that is written to is in memory as a whole, so one for all lines would grow. */
const SITTING = 1_000;

const sittings = (lines: number): Wording[] =>
  Array.from({ length: lines }, (_, n) => {
    const meeting = `sitting${Math.floor(n / SITTING)}`;
    if (n % SITTING === 0) return scheduled(meeting, 'committee');
    if (n % SITTING === 1) return opened(meeting);
    return { command: 'record-statement', data: statement(meeting, `line${n}`, n) };
  });

async function importPeak(fixtures: Fixtures, lines: number): Promise<number> {
  const server = await prepared(fixtures);
  const peak = await peakDuring(server, importing(server, sittings(lines)));
  await server.stop();
  return peak;
}

/** Follows the large book live, from its first entry to one of its last. */
async function following(url: string, until: number): Promise<void> {
  const hangUp = new AbortController();
  const answer = await fetch(`${url}/events?after=0`, {
    headers: { accept: 'text/event-stream' },
    signal: hangUp.signal,
  });
  if (!answer.body) throw new Error('The feed has no body.');
  let tail = '';
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
    tail += text;
    const last = tail.lastIndexOf('\nid: ');
    if (Number.parseInt(tail.slice(last + 5)) >= until && tail.endsWith('\n\n')) break;
    tail = tail.slice(Math.max(last, 0));
  }
  hangUp.abort();
}

async function followingPeak(fixtures: Fixtures, directory: string, until: number): Promise<number> {
  const server = await fixtures.listening(directory);
  const peak = await peakDuring(server, following(server.url, until));
  await server.stop();
  return peak;
}

async function exportPeak(fixtures: Fixtures, directory: string, entries: number): Promise<number> {
  const server = await fixtures.listening(directory);
  const exporting = async () => {
    const answer = await fetch(`${server.url}/events`, { headers: { accept: 'application/x-ndjson' } });
    if (!answer.body) throw new Error('The export has no body.');
    let lines = 0;
    for await (const chunk of answer.body) for (const byte of chunk) if (byte === 10) lines++;
    if (lines !== entries + 1) throw new Error(`The export of ${entries} entries has ${lines} lines.`);
  };
  const peak = await peakDuring(server, exporting());
  await server.stop();
  return peak;
}

const reference = 'a quarter of it';
const aim = { atMostMore: 100 };

export const memory: readonly Row[] = [
  {
    name: 'memory-import',
    async measure(fixtures) {
      const { all, part } = await interleaved(ROUNDS, {
        all: () => importPeak(fixtures, LINES),
        part: () => importPeak(fixtures, LINES / PART),
      });
      return [compared({ row: `memory, import of ${LINES} lines`, unit: 'MB', reference, aim }, all, part)];
    },
  },
  {
    name: 'memory-export',
    async measure(fixtures) {
      const [directory, part] = [await fixtures.foldedBook(), Math.floor(fixtures.entries / PART)];
      const { all, some } = await fixtures.within(async (smaller) => {
        generateBook(smaller, part);
        await (await fixtures.minutebook(smaller)).stop();
        return interleaved(ROUNDS, {
          all: () => exportPeak(fixtures, directory, fixtures.entries),
          some: () => exportPeak(fixtures, smaller, part),
        });
      });
      const row = `memory, export of ${fixtures.entries} entries`;
      return [compared({ row, unit: 'MB', reference, aim }, all, some)];
    },
  },
  {
    name: 'memory-feed',
    async measure(fixtures) {
      const directory = await fixtures.foldedBook();
      const until = (entries: number) => () => followingPeak(fixtures, directory, entries);
      const { all, part } = await interleaved(ROUNDS, {
        all: until(fixtures.entries),
        part: until(Math.floor(fixtures.entries / PART)),
      });
      const row = `memory, subscription to ${fixtures.entries} entries`;
      return [compared({ row, unit: 'MB', reference, aim }, all, part)];
    },
  },
];
