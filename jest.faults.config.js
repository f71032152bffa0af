import { globSync } from 'node:fs';
import everyday, { compiled } from './jest.config.js';

/** What a disk can do to a book: minutes of it, and on Linux with strace only. */
export default {
  ...everyday,
  testMatch: compiled(globSync('test/faults/**/*.spec.ts', { cwd: import.meta.dirname })),
  testTimeout: 600_000,
};
