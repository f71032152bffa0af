// Restarts a server on a large book and on an empty one.
import type { Fixtures } from './fixtures.js';
import { readResidentMemory } from './resident-memory.js';
import { compareFigures, runInterleaved, type Benchmark } from './benchmark.js';

const ROUNDS = 5;

/** The milliseconds until the server is ready, and its memory then, in MB. */
async function measureStart(fixtures: Fixtures, directory: string) {
  const startedAt = performance.now();
  const server = await fixtures.startServer(directory);
  while (!(await fetch(`${server.url}/health/ready`)).ok) continue;
  const milliseconds = performance.now() - startedAt;
  const resident = readResidentMemory(server);
  await server.stop();
  return { milliseconds, resident };
}

export const serverStartBenchmarks: readonly Benchmark[] = [
  {
    name: 'start',
    async measure(fixtures) {
      const directories = { large: await fixtures.getProjectedBook(), empty: fixtures.makeDirectory() };
      const resident: Record<'large' | 'empty', number[]> = { large: [], empty: [] };
      const start = async (which: 'large' | 'empty') => {
        const { milliseconds, resident: held } = await measureStart(fixtures, directories[which]);
        resident[which].push(held);
        return milliseconds;
      };
      const { large, empty } = await runInterleaved(ROUNDS, {
        large: () => start('large'),
        empty: () => start('empty'),
      });
      const row = `start on ${fixtures.entries} entries`;
      const reference = 'start on an empty book';
      return [
        compareFigures({ row, unit: 'ms', reference, aim: { atMost: 1.5 } }, large, empty),
        compareFigures(
          { row: `${row}, memory`, unit: 'MB', reference, aim: { atMostMore: 100 } },
          resident.large.slice(1),
          resident.empty.slice(1),
        ),
      ];
    },
  },
];
