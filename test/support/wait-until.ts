import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when it has become true; what never does is ended by the test's time limit. */
export async function waitUntil(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(20);
}
