// A node of a cluster beside one machine, in the same minute. Its cluster is the double of the tests, one node in
// JavaScript that keeps all in memory: the figures tell what Minutebook and the client cost, and nothing of KurrentDB.
import { DoubleProcess } from '../test/support/kurrentdb/double-process.js';
import { posting, prepared } from './commands.js';
import type { Fixtures } from './fixtures.js';
import { CONNECTIONS } from './http-load.js';
import { compared, interleaved, type Row } from './benchmark.js';
import { MEETING, statement, workload } from './workload.js';

const ROUNDS = 4;
const ROW = 'over a double in JavaScript';
const REFERENCE = `POST ${workload.command}, embedded ledger`;
const MEETINGS = [MEETING, ...Array.from({ length: CONNECTIONS - 1 }, (_, n) => `m${n + 1}`)];

/** Commands per second of both in turns. */
async function sideBySide(fixtures: Fixtures, meetings: readonly string[], connections: number) {
  const double = await DoubleProcess.start();
  const ledger = { LEDGER: double.connectionString };
  const node = await prepared(fixtures, ledger, meetings);
  const embedded = await prepared(fixtures, {}, meetings);
  let said = 0;
  const next = (id: string) => statement(meetings[said % meetings.length] ?? MEETING, id, said++);
  const run = (server: typeof node) => () =>
    posting(`${server.url}/commands/${workload.command}`, server.authorization, next, connections);
  const rounds = await interleaved(ROUNDS, { node: run(node), embedded: run(embedded) });
  await Promise.all([node.stop(), embedded.stop()]);
  await double.stop();
  return rounds;
}

const milliseconds = (perSecond: readonly number[]): number[] => perSecond.map((figure) => 1_000 / figure);

const throughput = (name: string, where: string, meetings: readonly string[]): Row => ({
  name,
  async measure(fixtures) {
    const { node, embedded } = await sideBySide(fixtures, meetings, CONNECTIONS);
    const row = `${ROW}: ${where}`;
    return [compared({ row, unit: 'commands/s', reference: REFERENCE }, node, embedded)];
  },
});

export const cluster: readonly Row[] = [
  {
    name: 'cluster-1',
    async measure(fixtures) {
      const { node, embedded } = await sideBySide(fixtures, [MEETING], 1);
      const row = `${ROW}: one at a time`;
      return [
        compared({ row, unit: 'ms', reference: REFERENCE }, milliseconds(node), milliseconds(embedded)),
      ];
    },
  },
  throughput('cluster-meeting', `${CONNECTIONS}, one meeting`, [MEETING]),
  throughput('cluster-meetings', `${CONNECTIONS}, ${CONNECTIONS} meetings`, MEETINGS),
];
