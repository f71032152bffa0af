// The memory of a process as the operating system counts it.
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './fixtures.js';

/** How often it is looked at, in milliseconds. */
const SAMPLING_INTERVAL_MS = 50;

/** Resident set of a server's process, in MB. */
export const readResidentMemory = ({ pid }: Pick<Server, 'pid'>): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;

/** The most that it was seen to have until the work is done. */
export async function measurePeak(server: Server, work: Promise<unknown>): Promise<number> {
  let [peak, isOver] = [readResidentMemory(server), false];
  const over = work.finally(() => (isOver = true));
  while (!isOver) {
    await Promise.race([over, sleep(SAMPLING_INTERVAL_MS)]);
    peak = Math.max(peak, readResidentMemory(server));
  }
  await over;
  return peak;
}
