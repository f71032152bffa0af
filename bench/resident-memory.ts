// The memory of a process as the operating system counts it.
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from './fixtures.js';

/** Between two samples. */
const SAMPLING_INTERVAL_MS = 50;

/** The resident set of a server's process, in MB. */
export const readResidentMemory = ({ pid }: Pick<ServerProcess, 'pid'>): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;

/** The largest sample until the work is done. */
export async function measurePeakMemory(server: ServerProcess, work: Promise<unknown>): Promise<number> {
  let [peak, isDone] = [readResidentMemory(server), false];
  const done = work.finally(() => (isDone = true));
  while (!isDone) {
    await Promise.race([done, sleep(SAMPLING_INTERVAL_MS)]);
    peak = Math.max(peak, readResidentMemory(server));
  }
  await done;
  return peak;
}
