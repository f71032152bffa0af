// Faults of the disk, injected between a process and the kernel.
import { execFileSync } from 'node:child_process';

/** Whether strace is there and may be used; if not, that is said on the console. */
export function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-f', '-qq', '-e', 'trace=none', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('Skipped: faults of the disk are injected with strace, which is not here or not allowed.');
    return false;
  }
}
