// Starting a server again, on a large book and on an empty one.
import type { Fixtures } from './fixtures.js';
import { residentOf } from './resident-memory.js';
import { compared, interleaved, type Row } from './benchmark.js';

const ROUNDS = 5;

/** Until it answers that everything can be read, in milliseconds; and what it holds in memory then, in MB. */
async function started(fixtures: Fixtures, directory: string) {
  const begun = performance.now();
  const server = await fixtures.listening(directory);
  while (!(await fetch(`${server.url}/health/ready`)).ok) continue;
  const milliseconds = performance.now() - begun;
  const resident = residentOf(server);
  await server.stop();
  return { milliseconds, resident };
}

export const starts: readonly Row[] = [
  {
    name: 'start',
    async measure(fixtures) {
      const directories = { large: await fixtures.foldedBook(), empty: fixtures.directory() };
      const resident: Record<'large' | 'empty', number[]> = { large: [], empty: [] };
      const start = async (which: 'large' | 'empty') => {
        const { milliseconds, resident: held } = await started(fixtures, directories[which]);
        resident[which].push(held);
        return milliseconds;
      };
      const { large, empty } = await interleaved(ROUNDS, {
        large: () => start('large'),
        empty: () => start('empty'),
      });
      const row = `start on ${fixtures.entries} entries`;
      const reference = 'start on an empty book';
      return [
        compared({ row, unit: 'ms', reference, aim: { atMost: 1.5 } }, large, empty),
        compared(
          { row: `${row}, memory`, unit: 'MB', reference, aim: { atMostMore: 100 } },
          resident.large.slice(1),
          resident.empty.slice(1),
        ),
      ];
    },
  },
];
