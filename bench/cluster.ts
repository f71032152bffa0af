// A cluster node and a node with an embedded ledger, measured in the same minute. The cluster is the double of the tests, one
// server in JavaScript that keeps its log in memory: the figures show the cost of Minutebook and the driver, not KurrentDB's.
import { DoubleProcess } from '../test/support/kurrentdb/double-process.js';
import { measurePosts, startPreparedServer } from './command-throughput.js';
import type { Fixtures } from './fixtures.js';
import { CONNECTIONS } from './http-load.js';
import { compareFigures, runInterleaved, type Benchmark } from './benchmark.js';
import { MEETING, createStatementData, workload } from './workload.js';

const ROUNDS = 4;
const ROW = 'KurrentDB double in JavaScript';
const REFERENCE = `POST ${workload.command}, embedded ledger`;
const MEETING_IDS = [MEETING, ...Array.from({ length: CONNECTIONS - 1 }, (_, n) => `m${n + 1}`)];

/** Commands per second of both nodes, measured in turns. */
async function measureSideBySide(fixtures: Fixtures, meetings: readonly string[], connections: number) {
  const double = await DoubleProcess.start();
  const ledger = { LEDGER: double.connectionString };
  const node = await startPreparedServer(fixtures, ledger, meetings);
  const embedded = await startPreparedServer(fixtures, {}, meetings);
  let sentCount = 0;
  const next = (id: string) =>
    createStatementData(meetings[sentCount % meetings.length] ?? MEETING, id, sentCount++);
  const run = (server: typeof node) => () =>
    measurePosts(`${server.url}/commands/${workload.command}`, server.authorization, next, connections);
  const rounds = await runInterleaved(ROUNDS, { node: run(node), embedded: run(embedded) });
  await Promise.all([node.stop(), embedded.stop()]);
  await double.stop();
  return rounds;
}

const toMilliseconds = (perSecond: readonly number[]): number[] => perSecond.map((figure) => 1_000 / figure);

const defineThroughput = (name: string, where: string, meetings: readonly string[]): Benchmark => ({
  name,
  async measure(fixtures) {
    const { node, embedded } = await measureSideBySide(fixtures, meetings, CONNECTIONS);
    const row = `${ROW}: ${where}`;
    return [compareFigures({ row, unit: 'commands/s', reference: REFERENCE }, node, embedded)];
  },
});

export const clusterBenchmarks: readonly Benchmark[] = [
  {
    name: 'cluster-1',
    async measure(fixtures) {
      const { node, embedded } = await measureSideBySide(fixtures, [MEETING], 1);
      const row = `${ROW}: one at a time`;
      return [
        compareFigures(
          { row, unit: 'ms', reference: REFERENCE },
          toMilliseconds(node),
          toMilliseconds(embedded),
        ),
      ];
    },
  },
  defineThroughput('cluster-meeting', `${CONNECTIONS}, one meeting`, [MEETING]),
  defineThroughput('cluster-meetings', `${CONNECTIONS}, ${CONNECTIONS} meetings`, MEETING_IDS),
];
