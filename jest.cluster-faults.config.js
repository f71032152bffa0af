import { globSync } from 'node:fs';
import everyday, { compiled } from './jest.config.js';

/** Faults under load, of lines and of servers: minutes, and with KURRENTDB_URL on servers of the operator. */
export default {
  ...everyday,
  testMatch: compiled(globSync('test/cluster-faults/**/*.spec.ts', { cwd: import.meta.dirname })),
  testTimeout: 300_000,
  maxWorkers: 1,
};
