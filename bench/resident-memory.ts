// The memory of a process as the operating system counts it.
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './fixtures.js';

/** How often it is looked at, in milliseconds. */
const EVERY = 50;

/** Resident set of a server's process, in MB. */
export const residentOf = ({ pid }: Pick<Server, 'pid'>): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;

/** The most that it was seen to have until the work is done. */
export async function peakDuring(server: Server, work: Promise<unknown>): Promise<number> {
  let [peak, isOver] = [residentOf(server), false];
  const over = work.finally(() => (isOver = true));
  while (!isOver) {
    await Promise.race([over, sleep(EVERY)]);
    peak = Math.max(peak, residentOf(server));
  }
  await over;
  return peak;
}
