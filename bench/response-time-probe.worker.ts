// Probes a server from a thread of its own, so that the client that is busy elsewhere does not delay the probes.
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

export type ResponseTimeProbeOptions = {
  readonly address: string;
  readonly durationMs: number;
  readonly intervalMs: number;
};

const { address, durationMs, intervalMs } = workerData as ResponseTimeProbeOptions;

const probe = async (): Promise<number> => {
  const startedAt = performance.now();
  await (await fetch(address)).text();
  return performance.now() - startedAt;
};

await probe(); // opens the connection
parentPort?.postMessage('ready');
let longest = 0;
const endsAt = performance.now() + durationMs;
while (performance.now() < endsAt) {
  longest = Math.max(longest, await probe());
  await sleep(intervalMs);
}
parentPort?.postMessage(longest);
