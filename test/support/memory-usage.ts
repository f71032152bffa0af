// The memory of this process after a garbage collection.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** In bytes, of this thread: objects and external memory such as buffers. */
export function measureHeldMemory(): number {
  collect();
  collect(); // the second collection frees what the first one finalized
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}
