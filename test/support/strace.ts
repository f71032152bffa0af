// System call faults, injected with strace.
import { execFileSync } from 'node:child_process';

/** Whether strace is installed and allowed; if not, the console says so. */
export function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-f', '-qq', '-e', 'trace=none', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('Skipped: faults of the disk are injected with strace, which is not here or not allowed.');
    return false;
  }
}
