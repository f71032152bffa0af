// How much memory this process holds, without what could be given back.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** In bytes, of this thread: objects and what lies outside of them, such as buffers. */
export function measureHeldMemory(): number {
  collect();
  collect(); // what the first one found to be finished is gone after the second
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}
